import http from 'node:http';
import { rm } from 'node:fs/promises';

import { HttpError, sendJson } from './body.js';

export class HttpServer {
  constructor({ router, stats, log }) {
    this.router = router;
    this.stats = stats;
    this.log = log;
    this.server = http.createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000 }, (request, response) => {
      this.#handle(request, response);
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
