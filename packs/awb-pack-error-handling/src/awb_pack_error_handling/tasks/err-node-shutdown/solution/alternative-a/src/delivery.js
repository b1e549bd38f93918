// Takes queued jobs, delivers them with bounded concurrency, and tries again with growing pauses.

export class Delivery {
  #ready = [];
  #running = new Set();
  #pauses = new Set();
  #stopped = false;
  #waiters = [];

  constructor({ store, downstream, config, log }) {
    this.store = store;
    this.downstream = downstream;
    this.config = config;
    this.log = log;
  }

  get waiting() {
    return this.#ready.length;
  }

  get running() {
    return this.#running.size;
  }

  enqueue(job) {
    if (this.#stopped) return;
    this.#ready.push(job);
    this.#fill();
  }

  // Starts no delivery any more. What waits stays queued in the journal, for the next start.
  stop() {
    this.#stopped = true;
    this.#ready = [];
    for (const timer of this.#pauses) clearTimeout(timer);
    this.#pauses.clear();
  }

  // Resolves when no delivery is under way.
  async idle() {
    if (this.#running.size > 0) await new Promise((resolve) => this.#waiters.push(resolve));
  }

  #fill() {
    while (!this.#stopped && this.#running.size < this.config.concurrency && this.#ready.length > 0) {
      const job = this.#ready.shift();
      this.#running.add(job);
      this.#deliver(job).finally(() => {
        this.#running.delete(job);
        this.#fill();
        if (this.#running.size === 0) for (const resolve of this.#waiters.splice(0)) resolve();
      });
    }
  }

  async #deliver(job) {
    this.store.started(job);
    try {
      const headers = { 'idempotency-key': job.id, 'x-attempt': String(job.attempts + 1) };
      await this.downstream.call('POST', `/deliver/${encodeURIComponent(job.topic)}`, job.payload, headers);
      this.store.ended(job, 'delivered');
    } catch (error) {
      if (error.aborted) {
        this.store.requeued(job);
        return;
      }
      this.store.failedOnce(job, error.message);
      const final = error.status !== undefined && error.status >= 400 && error.status < 500 && error.status !== 429;
      if (final || job.attempts >= this.config.maxAttempts) {
        this.store.ended(job, 'dead');
        this.log.warn('job-dead', { id: job.id, attempts: job.attempts, reason: error.message });
        return;
      }
      if (this.#stopped) return;
      const pause = this.config.retryBaseMs * 2 ** (job.attempts - 1);
      this.log.info('job-retry', { id: job.id, attempts: job.attempts, pause, reason: error.message });
      const timer = setTimeout(() => {
        this.#pauses.delete(timer);
        this.enqueue(job);
      }, pause);
      this.#pauses.add(timer);
    }
  }
}
