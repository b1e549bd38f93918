// The journal is what survives a restart: one JSON record per line, replayed at the start.
//
//   {"op":"add","job":{...}}           a job was accepted
//   {"op":"attempt","id","attempts"}   a delivery failed and counts
//   {"op":"end","id","state","at"}     delivered or dead
//
// Records are collected and written every flushMs; a crash may cost the last few.

import { open, readFile, rename, rm, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export class JournalLocked extends Error {}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

export class Journal {
  #file;
  #lines = [];
  #writing = Promise.resolve();

  constructor(dataDir, log) {
    this.path = join(dataDir, 'journal.jsonl');
    this.lockPath = join(dataDir, 'journal.lock');
    this.dataDir = dataDir;
    this.log = log;
  }

  // Takes the lock, and gives the records of earlier runs.
  async open() {
    await mkdir(this.dataDir, { recursive: true });
    await this.#lock();
    const records = await this.#read();
    this.#file = await open(this.path, 'a');
    return records;
  }

  append(record) {
    this.#lines.push(JSON.stringify(record));
  }

  get buffered() {
    return this.#lines.length;
  }

  // Writes what is buffered; calls are carried out one after the other.
  flush() {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  // Replaces the journal by these records; used to forget jobs that ended long ago.
  compact(records) {
    this.#writing = this.#writing.then(async () => {
      const fresh = `${this.path}.new`;
      const later = this.#lines;
      this.#lines = [];
      await writeFile(fresh, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
      await this.#file.close();
      await rename(fresh, this.path);
      this.#file = await open(this.path, 'a');
      this.#lines = later.concat(this.#lines);
    });
    return this.#writing;
  }

  // Writes all that is buffered, also after an earlier write has failed, and gives the lock back in any case.
  async close() {
    try {
      await this.#writing.catch(() => {});
      while (this.#lines.length > 0) await this.#write();
      await this.#file?.close();
    } finally {
      this.#file = undefined;
      await rm(this.lockPath, { force: true });
    }
  }

  async #write() {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    try {
      await this.#file.appendFile(`${lines.join('\n')}\n`);
    } catch (error) {
      this.#lines = lines.concat(this.#lines);
      throw error;
    }
    await this.#file.datasync();
  }

  async #lock() {
    try {
      await writeFile(this.lockPath, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const pid = Number(await readFile(this.lockPath, 'utf8'));
      if (pid && pid !== process.pid && alive(pid)) throw new JournalLocked(`the journal is in use by process ${pid}`);
      this.log.warn('stale-lock', { pid });
      await writeFile(this.lockPath, String(process.pid));
    }
  }

  async #read() {
    let text;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
    const records = [];
    for (const line of text.split('\n')) {
      if (!line) continue;
      try {
        records.push(JSON.parse(line));
      } catch {
        this.log.warn('journal-line-skipped', { length: line.length });
      }
    }
    return records;
  }
}
