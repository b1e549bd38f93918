// Calls of the downstream service, over kept-alive connections.

import http from 'node:http';

export class DownstreamError extends Error {
  constructor(message, { status, aborted = false } = {}) {
    super(message);
    this.name = 'DownstreamError';
    this.status = status;
    this.aborted = aborted;
  }
}

export class Downstream {
  #calls = new Set();

  constructor(address, { callTimeoutMs }) {
    this.target = address.path ? { socketPath: address.path } : { host: address.host, port: address.port };
    this.callTimeoutMs = callTimeoutMs;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64, keepAliveMsecs: 5_000 });
  }

  // Resolves to { status, body } for any 2xx answer and rejects with a DownstreamError for everything else.
  call(method, path, body, headers = {}) {
    const data = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const request = http.request({
        ...this.target,
        agent: this.agent,
        method,
        path,
        headers: {
          host: 'downstream',
          ...(data && { 'content-type': 'application/json', 'content-length': data.length }),
          ...headers,
        },
      });
      const timer = setTimeout(() => request.destroy(new DownstreamError('timeout')), this.callTimeoutMs);
      const settle = (finish, value) => {
        clearTimeout(timer);
        this.#calls.delete(abort);
        finish(value);
      };
      const fail = (error) => settle(reject, error instanceof DownstreamError ? error : new DownstreamError(error.message));
      const abort = () => {
        fail(new DownstreamError('aborted', { aborted: true }));
        request.destroy();
      };
      this.#calls.add(abort);
      request.on('error', fail);
      request.on('response', (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode >= 200 && response.statusCode < 300) {
            settle(resolve, { status: response.statusCode, body: text });
          } else {
            settle(reject, new DownstreamError(`status ${response.statusCode}`, { status: response.statusCode }));
          }
        });
      });
      request.end(data);
    });
  }

  // Breaks off all calls under way; they reject with an error that is marked as `aborted`.
  abort() {
    for (const abort of [...this.#calls]) abort();
    this.agent.destroy();
  }

  // Opens a first connection, so that the first delivery does not pay for it. Never fails.
  async warmUp(log) {
    try {
      await this.call('GET', '/hello');
      log.info('downstream-up');
    } catch (error) {
      if (!error.aborted) log.warn('downstream-down', { reason: error.message });
    }
  }
}
