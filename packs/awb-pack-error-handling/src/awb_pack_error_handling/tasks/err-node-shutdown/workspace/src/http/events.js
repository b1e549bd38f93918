// GET /events: every change of a job, as server-sent events. A stream ends when its client leaves.

export class EventStreams {
  #streams = new Set();

  constructor(store) {
    store.on('change', (job) => this.#send('job', { id: job.id, state: job.state, attempts: job.attempts }));
  }

  get size() {
    return this.#streams.size;
  }

  add(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(': courier\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #send(event, data) {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const response of this.#streams) response.write(text);
  }
}
