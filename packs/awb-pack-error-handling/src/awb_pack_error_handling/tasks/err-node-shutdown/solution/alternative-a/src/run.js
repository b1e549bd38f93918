// One life of the service, from the settings to the exit code.

import { App } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { JournalLocked } from './journal.js';
import { createLog } from './log.js';

const EXIT_CODES = { drained: 0, deadline: 1, signal: 3 };

export async function run(stop) {
  const log = createLog();
  let app;
  try {
    app = new App(loadConfig(), log, stop);
    await app.start();
  } catch (error) {
    log.error('start-failed', { reason: error.message });
    return error instanceof ConfigError || error instanceof JournalLocked ? 2 : 70;
  }
  await stop.requested;
  const reason = await app.drained();
  await app.end(reason);
  return EXIT_CODES[reason];
}
