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
  constructor(config, log, stop) {
    this.config = config;
    this.log = log;
    this.stop = stop;
    this.journal = new Journal(config.dataDir, log);
    this.store = new JobStore(this.journal);
    this.stats = new Stats(config.dataDir);
    this.downstream = new Downstream(config.downstream, config);
    this.delivery = new Delivery({ store: this.store, downstream: this.downstream, config, log });
    this.streams = new EventStreams(this.store);
    this.background = new Background(log);
    const { store, delivery, downstream, streams, stats } = this;
    const router = createRouter({ config, store, delivery, downstream, streams, stop });
    this.server = new HttpServer({ router, stats, log, stop });
  }

  // A signal on the way ends the start where it is; shutdown() goes on from any point after the journal is read.
  async start() {
    const { config, store, journal, stats, stop } = this;
    const pending = store.replay(await journal.open());
    if (!stop.draining) await Promise.race([this.downstream.warmUp(this.log), stop.requested()]);
    if (stop.draining) return;
    this.started = true;
    this.background.every(config.flushMs, 'flush', () => journal.flush());
    this.background.every(config.statsMs, 'stats', () => stats.write(store.counts()));
    this.background.every(config.sweepMs, 'sweep', () => this.sweep());
    await this.server.listen(config.listen);
    if (stop.draining) return;
    for (const job of pending) this.delivery.enqueue(job);
    this.log.info('listening', { pid: process.pid, pending: pending.length });
  }

  // Ends everything, see docs/shutdown.md; gives the reason and how many jobs are left.
  async shutdown() {
    const { background, config, delivery, downstream, server, stop, store, streams } = this;
    background.stop();
    delivery.stop();
    streams.end();
    let reason = 'drained';
    if (this.started) {
      reason = await Promise.race([
        this.#drained().then(() => 'drained'),
        stop.insisted().then(() => 'signal'),
        stop.passed(config.shutdownDeadlineMs).then(() => 'deadline'),
      ]);
      server.cut();
    }
    downstream.abort();
    await delivery.settled();
    await background.settled();
    await this.#try('stats', () => this.stats.write(store.counts()));
    await this.#try('journal', () => this.journal.close());
    return { reason, pending: store.pending };
  }

  async #drained() {
    await this.stop.passed(this.config.drainDelayMs);
    await this.server.close();
    await this.delivery.settled();
  }

  // A failure here must not keep the rest from being done.
  async #try(name, step) {
    try {
      await step();
    } catch (error) {
      this.log.error('shutdown-failed', { name, reason: error.message });
    }
  }

  async sweep() {
    const records = this.store.prune(this.config.keepDone);
    if (records) await this.journal.compact(records);
  }
}
