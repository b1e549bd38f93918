// The life of the process, from the settings to the exit code.

import { App } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { JournalLocked } from './journal.js';
import { createLog } from './log.js';

const exitCodes = { drained: 0, deadline: 1, signal: 3 };

export async function run(stop) {
  const log = createLog();
  let app;
  try {
    app = new App(loadConfig(), log, stop);
    await app.start();
  } catch (error) {
    log.error('start-failed', { reason: error.message });
    process.exit(error instanceof ConfigError || error instanceof JournalLocked ? 2 : 70);
  }
  await stop.requested();
  const { reason, pending } = await app.shutdown();
  log.info('stopped', { reason, pending });
  // At once, so that this line is the last one. It has been written: stderr is synchronous.
  process.exit(exitCodes[reason]);
}
