// Takes queued jobs, delivers them with bounded concurrency, and tries again with growing pauses.

import { CallAborted } from './downstream.js';

export class Delivery {
  #ready = [];
  #running = new Map();
  #retries = new Set();
  #stopped = false;

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
    this.#ready.push(job);
    this.#fill();
  }

  // Starts no delivery any more; jobs that are not delivered stay queued.
  stop() {
    this.#stopped = true;
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
  }

  // Resolves when the deliveries that were under way have ended.
  async settled() {
    await Promise.all(this.#running.values());
  }

  #fill() {
    while (!this.#stopped && this.#running.size < this.config.concurrency && this.#ready.length > 0) {
      const job = this.#ready.shift();
      const run = this.#deliver(job).finally(() => {
        this.#running.delete(job);
        this.#fill();
      });
      this.#running.set(job, run);
    }
  }

  async #deliver(job) {
    this.store.started(job);
    try {
      const headers = { 'idempotency-key': job.id, 'x-attempt': String(job.attempts + 1) };
      await this.downstream.call('POST', `/deliver/${encodeURIComponent(job.topic)}`, job.payload, headers);
      this.store.ended(job, 'delivered');
    } catch (error) {
      if (error instanceof CallAborted) {
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
      if (this.#stopped) {
        this.log.info('job-kept', { id: job.id, attempts: job.attempts, reason: error.message });
        return;
      }
      const pause = this.config.retryBaseMs * 2 ** (job.attempts - 1);
      this.log.info('job-retry', { id: job.id, attempts: job.attempts, pause, reason: error.message });
      const timer = setTimeout(() => {
        this.#retries.delete(timer);
        this.enqueue(job);
      }, pause);
      this.#retries.add(timer);
    }
  }
}
