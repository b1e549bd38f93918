// That courier has been told to stop. The first signal starts the draining, the second one ends it.

import { EventEmitter } from 'node:events';

export class StopRequest extends EventEmitter {
  #since;
  #first = Promise.withResolvers();
  #second = Promise.withResolvers();

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  get draining() {
    return this.#since !== undefined;
  }

  // Resolves with the first signal.
  get requested() {
    return this.#first.promise;
  }

  // Resolves with the second signal.
  get insisted() {
    return this.#second.promise;
  }

  // Milliseconds since the first signal.
  get elapsed() {
    return performance.now() - this.#since;
  }

  // Listeners of "drain" are called before this returns: what arrives later finds everything draining.
  signal(name) {
    if (this.draining) {
      this.#second.resolve(name);
      return;
    }
    this.#since = performance.now();
    this.emit('drain', name);
    this.#first.resolve(name);
  }
}
