// What happens every now and then: the journal is flushed, statistics are written, old jobs are forgotten.

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class Stats {
  constructor(dataDir) {
    this.path = join(dataDir, 'stats.json');
    this.startedAt = Date.now();
    this.requests = 0;
    this.writes = 0;
  }

  // Written beside and renamed, so that a reader never sees half a file.
  async write(counts) {
    this.writes += 1;
    const text = JSON.stringify({ startedAt: this.startedAt, requests: this.requests, writes: this.writes, jobs: counts });
    await writeFile(`${this.path}.new`, `${text}\n`);
    await rename(`${this.path}.new`, this.path);
  }
}

export class Background {
  #busy = new Map();
  #timers = [];

  constructor(log) {
    this.log = log;
  }

  // Runs `task` every `ms`; a run that is still going on when the next is due makes that one fall out.
  every(ms, name, task) {
    const timer = setInterval(() => {
      if (this.#busy.has(name)) return;
      const run = Promise.resolve()
        .then(task)
        .catch((error) => this.log.error('background-failed', { name, reason: error.message }))
        .finally(() => this.#busy.delete(name));
      this.#busy.set(name, run);
    }, ms);
    this.#timers.push(timer);
  }

  // Starts nothing any more.
  stop() {
    for (const timer of this.#timers) clearInterval(timer);
  }

  // Resolves when the runs that were under way have ended.
  async settled() {
    await Promise.all(this.#busy.values());
  }
}
