import http from 'node:http';
import net from 'node:net';
import { rm } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';

import { HttpError, sendJson } from './body.js';

export class HttpServer {
  // Every connection with its responses that are not yet sent to the end.
  #connections = new Map();
  // Every request under way: its handler is at work, or its response is not yet sent to the end.
  #requests = new Set();
  #waiters = [];
  #draining = false;
  #closed = false;

  constructor({ router, stats, log }) {
    this.router = router;
    this.stats = stats;
    this.log = log;
    this.server = http.createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000 }, (request, response) => {
      this.#take(request, response);
    });
    this.server.on('connection', (socket) => {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      this.#connections.set(socket, { responses: new Set(), closed });
      closed.then(() => this.#connections.delete(socket));
    });
  }

  get listening() {
    return this.server.listening;
  }

  async listen(address) {
    if (address.path) await rm(address.path, { force: true });
    if (this.#draining) return;
    await new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(address, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  // From now on every response says that its connection ends with it.
  drain() {
    this.#draining = true;
    for (const { responses } of this.#connections.values()) {
      for (const response of responses) this.#announceClose(response);
    }
  }

  // Closes the listener and the connections without a request. What clients have sent already is taken up first.
  async close() {
    await turn();
    await turn();
    this.#closeListener();
    await turn();
    await turn();
    this.#closed = true;
    for (const [socket, { responses }] of this.#connections) if (responses.size === 0) socket.destroy();
  }

  // Resolves when no request is under way.
  async idle() {
    if (this.#requests.size > 0) await new Promise((resolve) => this.#waiters.push(resolve));
  }

  // Ends everything at once.
  cut() {
    this.#closeListener();
    this.#closed = true;
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  // Not the close() of http: that one also destroys connections whose response has been handed over, but not read yet.
  #closeListener() {
    if (this.server.listening) net.Server.prototype.close.call(this.server);
  }

  #announceClose(response) {
    if (!response.headersSent) response.setHeader('connection', 'close');
  }

  async #take(request, response) {
    const { socket } = request;
    const { responses, closed } = this.#connections.get(socket);
    const gone = Promise.race([new Promise((resolve) => response.once('close', resolve)), closed]);
    responses.add(response);
    this.#requests.add(request);
    if (this.#draining) this.#announceClose(response);
    gone.then(() => {
      responses.delete(response);
      if (this.#closed && responses.size === 0) socket.destroySoon();
    });
    await Promise.all([this.#handle(request, response), gone]);
    this.#requests.delete(request);
    if (this.#requests.size === 0) for (const resolve of this.#waiters.splice(0)) resolve();
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
