// All jobs that are known, and who wants to hear of them.

import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';

export class JobStore extends EventEmitter {
  #jobs = new Map();

  constructor(journal) {
    super();
    this.setMaxListeners(0);
    this.journal = journal;
  }

  // Restores the state from journal records; gives the jobs that are still to be delivered, oldest first.
  replay(records) {
    for (const record of records) {
      if (record.op === 'add') {
        this.#jobs.set(record.job.id, { ...record.job });
      } else if (record.op === 'attempt') {
        const job = this.#jobs.get(record.id);
        if (job) job.attempts = record.attempts;
      } else if (record.op === 'end') {
        const job = this.#jobs.get(record.id);
        if (job) Object.assign(job, { state: record.state, endedAt: record.at });
      }
    }
    return this.list().filter((job) => job.state === 'queued');
  }

  add(topic, payload) {
    const job = { id: randomUUID(), topic, payload, state: 'queued', attempts: 0, createdAt: Date.now() };
    this.#jobs.set(job.id, job);
    this.journal.append({ op: 'add', job });
    this.#tell(job);
    return job;
  }

  get(id) {
    return this.#jobs.get(id);
  }

  list() {
    return [...this.#jobs.values()];
  }

  started(job) {
    job.state = 'running';
    this.#tell(job);
  }

  // A delivery was broken off; it does not count.
  requeued(job) {
    job.state = 'queued';
    this.#tell(job);
  }

  failedOnce(job, reason) {
    job.attempts += 1;
    job.state = 'queued';
    job.lastError = reason;
    this.journal.append({ op: 'attempt', id: job.id, attempts: job.attempts });
    this.#tell(job);
  }

  ended(job, state) {
    job.state = state;
    job.endedAt = Date.now();
    this.journal.append({ op: 'end', id: job.id, state, at: job.endedAt });
    this.#tell(job);
  }

  counts() {
    const counts = { queued: 0, running: 0, delivered: 0, dead: 0 };
    for (const job of this.#jobs.values()) counts[job.state] += 1;
    return counts;
  }

  // How many jobs are left to be delivered.
  pending() {
    const { queued, running } = this.counts();
    return queued + running;
  }

  // Forgets the oldest ended jobs beyond `keep`; gives the records that are left to keep, or nothing.
  prune(keep) {
    const ended = this.list().filter((job) => job.endedAt !== undefined);
    if (ended.length <= keep) return undefined;
    ended.sort((a, b) => a.endedAt - b.endedAt);
    for (const job of ended.slice(0, ended.length - keep)) this.#jobs.delete(job.id);
    return this.list().flatMap((job) => this.#records(job));
  }

  #records(job) {
    const { state, endedAt, lastError, ...fields } = job;
    const records = [{ op: 'add', job: { ...fields, state: 'queued' } }];
    if (endedAt !== undefined) records.push({ op: 'end', id: job.id, state, at: endedAt });
    return records;
  }

  #tell(job) {
    this.emit('change', job);
    this.emit(`change:${job.id}`, job);
  }
}
