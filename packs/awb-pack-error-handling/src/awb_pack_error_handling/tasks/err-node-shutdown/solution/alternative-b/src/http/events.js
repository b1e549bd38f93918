// GET /events: every change of a job, as server-sent events. A stream ends when its client leaves.

const text = (event, data) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

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

  // Ends all streams, those that are opened later as well.
  end() {
    this.#ended = true;
    for (const response of this.#streams) this.#finish(response);
    this.#streams.clear();
  }

  #finish(response) {
    response.end(text('shutdown', {}));
  }

  #send(event, data) {
    for (const response of this.#streams) response.write(text(event, data));
  }
}
