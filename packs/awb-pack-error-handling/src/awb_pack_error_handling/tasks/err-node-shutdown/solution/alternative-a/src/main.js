#!/usr/bin/env node
// Signals are listened to before the service is even loaded, so that there is no moment of the start in which one kills.

import { StopRequest } from './stop.js';

const stop = new StopRequest();
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => stop.signal(signal));

const { run } = await import('./run.js');
process.exit(await run(stop));
