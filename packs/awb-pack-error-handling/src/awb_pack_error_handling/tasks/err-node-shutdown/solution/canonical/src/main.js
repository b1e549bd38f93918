#!/usr/bin/env node
// awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
import { App } from './app.js';
import { ConfigError, loadConfig } from './config.js';
import { JournalLocked } from './journal.js';
import { createLog } from './log.js';

const EXIT = { drained: 0, deadline: 1, signal: 3 };
const log = createLog();

// The first signal drains, the second ends the waiting, and so does the deadline.
function handleSignals(app) {
  let enough;
  const onSignal = (signal) => {
    if (enough) {
      enough('signal');
      return;
    }
    const waited = new Promise((resolve) => {
      enough = resolve;
    });
    log.info('draining', { signal });
    setTimeout(() => enough('deadline'), app.config.shutdownDeadlineMs).unref();
    app.stop(waited).then(
      ({ reason, pending }) => {
        log.info('stopped', { reason, pending });
        process.exit(EXIT[reason]);
      },
      (error) => {
        log.error('stop-failed', { reason: error.message });
        process.exit(70);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function main() {
  const app = new App(loadConfig(), log);
  handleSignals(app);
  await app.start();
}

main().catch((error) => {
  log.error('start-failed', { reason: error.message });
  process.exit(error instanceof ConfigError || error instanceof JournalLocked ? 2 : 70);
});
