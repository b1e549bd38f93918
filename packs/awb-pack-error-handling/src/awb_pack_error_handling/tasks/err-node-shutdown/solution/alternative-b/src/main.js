#!/usr/bin/env node
// Signals are heard before anything else is loaded, as one that comes earlier would kill the process.
import { Stop } from './stop.js';

const stop = new Stop();
const { run } = await import('./run.js');
await run(stop);
