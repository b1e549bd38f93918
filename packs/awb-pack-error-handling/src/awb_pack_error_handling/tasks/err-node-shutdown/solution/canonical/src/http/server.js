// awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
import http from 'node:http';
import { rm } from 'node:fs/promises';

import { HttpError, sendJson } from './body.js';

export class HttpServer {
  constructor({ router, stats, log }) {
    this.router = router;
    this.stats = stats;
    this.log = log;
    this.draining = false;
    this.sockets = new Map(); // socket -> responses under way
    this.server = http.createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000 }, (request, response) => {
      this.#track(request, response);
      this.#handle(request, response);
    });
    this.server.on('connection', (socket) => {
      this.sockets.set(socket, new Set());
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  async listen(address) {
    if (address.path) await rm(address.path, { force: true });
    await new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(address, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  // From now on every connection ends with its response.
  drain() {
    this.draining = true;
    for (const responses of this.sockets.values()) {
      for (const response of responses) this.#last(response);
    }
  }

  // Takes no connection any more; resolves when the last response is out and the last connection closed.
  async close() {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const [socket, responses] of this.sockets) {
      if (responses.size === 0) socket.destroySoon();
    }
    await closed;
  }

  // Cuts every connection.
  cut() {
    if (this.server.listening) this.server.close();
    for (const socket of this.sockets.keys()) socket.destroy();
  }

  #last(response) {
    if (!response.headersSent) response.setHeader('connection', 'close');
  }

  #track(request, response) {
    const { socket } = request;
    const responses = this.sockets.get(socket);
    responses?.add(response);
    if (this.draining) this.#last(response);
    response.on('close', () => {
      responses?.delete(response);
      if (this.draining && responses?.size === 0) socket.destroySoon();
    });
  }

  async #handle(request, response) {
    this.stats.requests += 1;
    try {
      const { handler, params, query } = this.router.find(request.method, request.url);
      await handler(request, response, { params, query });
    } catch (error) {
      this.#fail(response, error);
    }
  }

  #fail(response, error) {
    if (!(error instanceof HttpError)) this.log.error('request-failed', { reason: error.message });
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const status = error instanceof HttpError ? error.status : 500;
    sendJson(response, status, { error: error instanceof HttpError ? error.code : 'internal' });
  }
}
