#!/usr/bin/env node
import { App } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { JournalLocked } from './journal.js';
import { createLog } from './log.js';

const log = createLog();

async function main() {
  const app = new App(loadConfig(), log);
  await app.start();
}

main().catch((error) => {
  log.error('start-failed', { reason: error.message });
  process.exit(error instanceof ConfigError || error instanceof JournalLocked ? 2 : 70);
});
