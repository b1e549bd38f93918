// awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
// Puts the parts together.

import { rm } from 'node:fs/promises';

import { Background, Stats } from './background.js';
import { Delivery } from './delivery.js';
import { Downstream } from './downstream.js';
import { EventStreams } from './http/events.js';
import { createRouter } from './http/handlers.js';
import { HttpServer } from './http/server.js';
import { JobStore } from './jobs.js';
import { Journal } from './journal.js';

export class App {
  constructor(config, log) {
    this.config = config;
    this.log = log;
    this.draining = new AbortController();
    this.journal = new Journal(config.dataDir, log);
    this.store = new JobStore(this.journal);
    this.stats = new Stats(config.dataDir);
    this.downstream = new Downstream(config.downstream, config);
    this.delivery = new Delivery({ store: this.store, downstream: this.downstream, config, log });
    this.streams = new EventStreams(this.store);
    this.background = new Background(log);
    const { store, delivery, downstream, streams, stats } = this;
    this.server = new HttpServer({ router: createRouter({ config, store, delivery, downstream, streams, draining: this.draining.signal }), stats, log });
  }

  start() {
    this.started = this.#start();
    return this.started;
  }

  async #start() {
    const { config, store, journal, stats } = this;
    const stopping = this.draining.signal;
    const pending = store.replay(await journal.open());
    if (stopping.aborted) return;
    const told = new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
    await Promise.race([this.downstream.warmUp(this.log), told]);
    if (stopping.aborted) return;
    this.background.every(config.flushMs, 'flush', () => journal.flush());
    this.background.every(config.statsMs, 'stats', () => stats.write(store.counts()));
    this.background.every(config.sweepMs, 'sweep', () => this.sweep());
    await this.server.listen(config.listen);
    if (stopping.aborted) return;
    for (const job of pending) this.delivery.enqueue(job);
    this.log.info('listening', { pid: process.pid, pending: pending.length });
  }

  // Lets go of everything in order. `enough` is a promise of the reason to stop waiting; gives the reason of the end.
  async stop(enough) {
    const { config, journal, store, stats } = this;
    const drained = this.#drain();
    const reason = await Promise.race([drained.then(() => 'drained'), enough]);
    this.server.cut();
    this.downstream.close();
    await drained.catch(() => undefined);
    await stats.write(store.counts());
    await journal.close();
    if (config.listen.path) await rm(config.listen.path, { force: true });
    const { queued, running } = store.counts();
    return { reason, pending: queued + running };
  }

  async #drain() {
    this.server.drain();
    this.draining.abort();
    this.streams.end();
    const deliveries = this.delivery.stop();
    const runs = this.background.stop();
    await this.started;
    await this.#pause(this.config.drainDelayMs);
    await this.server.close();
    await Promise.all([deliveries, runs, this.background.stop(), this.delivery.stop()]);
  }

  // The listener stays open for a while, unless nothing listens or the shutdown ends early.
  async #pause(ms) {
    if (!this.server.server.listening || ms === 0) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.server.server.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async sweep() {
    const records = this.store.prune(this.config.keepDone);
    if (records) await this.journal.compact(records);
  }
}
