import http from 'node:http';
import { rm } from 'node:fs/promises';

import { HttpError, sendJson } from './body.js';

// Responses that say, when their headers are sent after courier was told to stop, that their connection ends with them.
const lastWhenDraining = (stop) =>
  class extends http.ServerResponse {
    writeHead(...args) {
      if (stop.draining && !this.headersSent) this.setHeader('connection', 'close');
      return super.writeHead(...args);
    }
  };

export class HttpServer {
  #requests = new Map(); // how many are under way, by connection
  #closing;

  constructor({ router, stats, log, stop }) {
    this.router = router;
    this.stats = stats;
    this.log = log;
    const ServerResponse = lastWhenDraining(stop);
    this.server = http.createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000, ServerResponse }, (request, response) => {
      this.#track(request, response);
      this.#handle(request, response);
    });
    this.server.on('connection', (socket) => {
      this.#requests.set(socket, 0);
      socket.on('close', () => this.#requests.delete(socket));
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

  // Closes the listener and all connections without a request, the others after their requests. Resolves when none is
  // left. A socket file goes with the listener.
  close() {
    this.#closing ??= new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const [socket, count] of this.#requests) if (count === 0) socket.destroySoon();
    });
    return this.#closing;
  }

  // Closes the listener and all connections, whatever they are at.
  cut() {
    this.close();
    for (const socket of this.#requests.keys()) socket.destroy();
  }

  #track({ socket }, response) {
    this.#requests.set(socket, this.#requests.get(socket) + 1);
    response.on('close', () => {
      if (!this.#requests.has(socket)) return;
      const left = this.#requests.get(socket) - 1;
      this.#requests.set(socket, left);
      if (left === 0 && this.#closing) socket.destroySoon();
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
