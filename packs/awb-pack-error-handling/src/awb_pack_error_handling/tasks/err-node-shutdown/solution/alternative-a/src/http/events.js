// GET /events: every change of a job, as server-sent events. A stream ends when its client leaves.

const FAREWELL = 'event: shutdown\ndata: {}\n\n';

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
      response.end(FAREWELL);
      return;
    }
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  // Says good-bye on every stream, and on those that are still to come.
  end() {
    this.#ended = true;
    for (const response of this.#streams) response.end(FAREWELL);
    this.#streams.clear();
  }

  #send(event, data) {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const response of this.#streams) response.write(text);
  }
}
