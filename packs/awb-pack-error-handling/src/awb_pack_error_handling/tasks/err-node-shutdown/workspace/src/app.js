// Puts the parts together.

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
    this.journal = new Journal(config.dataDir, log);
    this.store = new JobStore(this.journal);
    this.stats = new Stats(config.dataDir);
    this.downstream = new Downstream(config.downstream, config);
    this.delivery = new Delivery({ store: this.store, downstream: this.downstream, config, log });
    this.streams = new EventStreams(this.store);
    this.background = new Background(log);
    const { store, delivery, downstream, streams, stats } = this;
    this.server = new HttpServer({ router: createRouter({ config, store, delivery, downstream, streams }), stats, log });
  }

  async start() {
    const { config, store, journal, stats } = this;
    const pending = store.replay(await journal.open());
    await this.downstream.warmUp(this.log);
    this.background.every(config.flushMs, 'flush', () => journal.flush());
    this.background.every(config.statsMs, 'stats', () => stats.write(store.counts()));
    this.background.every(config.sweepMs, 'sweep', () => this.sweep());
    await this.server.listen(config.listen);
    for (const job of pending) this.delivery.enqueue(job);
    this.log.info('listening', { pid: process.pid, pending: pending.length });
  }

  async sweep() {
    const records = this.store.prune(this.config.keepDone);
    if (records) await this.journal.compact(records);
  }
}
