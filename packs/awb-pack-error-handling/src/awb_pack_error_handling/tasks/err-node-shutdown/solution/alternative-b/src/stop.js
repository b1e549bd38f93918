// When and why courier is told to stop. Knows nothing of what has to be done then.

import { EventEmitter } from 'node:events';

export class Stop extends EventEmitter {
  #since;
  #again = false;

  // Emits 'drain' at the first signal, 'again' at the second.
  constructor(source = process) {
    super();
    this.setMaxListeners(0);
    for (const signal of ['SIGTERM', 'SIGINT']) source.on(signal, () => this.#signalled());
  }

  get draining() {
    return this.#since !== undefined;
  }

  // Resolves at the first signal.
  requested() {
    return this.draining ? Promise.resolve() : new Promise((resolve) => this.once('drain', resolve));
  }

  // Resolves when this many milliseconds have passed since the first signal.
  passed(ms) {
    return new Promise((resolve) => setTimeout(resolve, Math.max(0, this.#since + ms - performance.now())));
  }

  // Resolves at the second signal.
  insisted() {
    return this.#again ? Promise.resolve() : new Promise((resolve) => this.once('again', resolve));
  }

  #signalled() {
    if (!this.draining) {
      this.#since = performance.now();
      this.emit('drain');
    } else if (!this.#again) {
      this.#again = true;
      this.emit('again');
    }
  }
}
