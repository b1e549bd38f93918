// awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
// GET /events: every change of a job, as server-sent events. A stream ends when its client leaves.

export class EventStreams {
  #streams = new Set();
  #ended = false;

  constructor(store) {
    store.on('change', (job) => this.#send('job', { id: job.id, state: job.state, attempts: job.attempts }));
  }

  get size() {
    return this.#streams.size;
  }

  add(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(': courier\n\n');
    if (this.#ended) {
      this.#finish(response);
      return;
    }
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  // Says goodbye on every stream, and on those that come later.
  end() {
    this.#ended = true;
    for (const response of this.#streams) this.#finish(response);
    this.#streams.clear();
  }

  #finish(response) {
    response.end('event: shutdown\ndata: {}\n\n');
  }

  #send(event, data) {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const response of this.#streams) response.write(text);
  }
}
