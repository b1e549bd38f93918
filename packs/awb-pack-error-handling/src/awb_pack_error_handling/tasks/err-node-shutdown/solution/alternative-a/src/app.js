// Puts the parts together, starts them, and takes them down again in order.

import { setTimeout as sleep } from 'node:timers/promises';

import { Background, Stats } from './background.js';
import { Delivery } from './delivery.js';
import { Downstream } from './downstream.js';
import { EventStreams } from './http/events.js';
import { createRouter } from './http/handlers.js';
import { HttpServer } from './http/server.js';
import { JobStore } from './jobs.js';
import { Journal } from './journal.js';

// Timers that are set for longer fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class App {
  #serving = false;

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
    this.server = new HttpServer({ router: createRouter({ config, store, delivery, downstream, streams, stop }), stats, log });
    if (stop.draining) this.#drain();
    else stop.once('drain', () => this.#drain());
  }

  // Ends early when it is told to stop meanwhile: nothing listens and nothing is delivered then.
  async start() {
    const { config, store, journal, stats, stop } = this;
    const pending = store.replay(await journal.open());
    if (stop.draining) return;
    await Promise.race([this.downstream.warmUp(this.log), stop.requested]);
    if (stop.draining) return;
    this.background.every(config.flushMs, 'flush', () => journal.flush());
    this.background.every(config.statsMs, 'stats', () => stats.write(store.counts()));
    this.background.every(config.sweepMs, 'sweep', () => this.sweep());
    await this.server.listen(config.listen);
    if (stop.draining) return;
    this.#serving = true;
    for (const job of pending) this.delivery.enqueue(job);
    this.log.info('listening', { pid: process.pid, pending: pending.length });
  }

  async sweep() {
    const records = this.store.prune(this.config.keepDone);
    if (records) await this.journal.compact(records);
  }

  // Waits for the end of the draining and gives its reason.
  drained() {
    const { config, stop } = this;
    return Promise.race([
      stop.insisted.then(() => 'signal'),
      this.#idle().then(() => 'drained'),
      this.#after(config.shutdownDeadlineMs).then(() => 'deadline'),
    ]);
  }

  // Cuts off what is still under way, and leaves everything on disk as the next start needs it.
  async end(reason) {
    const { background, delivery, downstream, journal, server, stats, store } = this;
    server.cut();
    downstream.abort();
    await delivery.idle();
    await background.stop();
    await this.#attempt('stats', () => stats.write(store.counts()));
    await this.#attempt('journal', () => journal.close());
    this.log.info('stopped', { reason, pending: store.pending() });
  }

  #drain() {
    this.log.info('draining');
    this.server.drain();
    this.delivery.stop();
    this.background.stop();
    this.streams.end();
  }

  async #idle() {
    const { config, delivery, server } = this;
    if (this.#serving) await this.#after(config.drainDelayMs);
    await server.close();
    await Promise.all([server.idle(), delivery.idle()]);
  }

  // Resolves so many milliseconds after the first signal.
  #after(ms) {
    return sleep(Math.min(Math.max(0, ms - this.stop.elapsed), LONGEST_TIMER_MS));
  }

  async #attempt(name, action) {
    try {
      await action();
    } catch (error) {
      this.log.error('stop-failed', { name, reason: error.message });
    }
  }
}
