// Settings come from the environment; each has a default that suits a developer's machine.

export class ConfigError extends Error {}

const number = (env, name, fallback, { min = 0 } = {}) => {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) {
    throw new ConfigError(`${name} must be a whole number of at least ${min}, not ${JSON.stringify(text)}`);
  }
  return value;
};

// "unix:/run/courier.sock" or "host:port"
export function parseAddress(name, text) {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    if (!path) throw new ConfigError(`${name}: the path is missing`);
    return { path };
  }
  const match = /^(?:http:\/\/)?([^:/]+):(\d+)$/.exec(text);
  if (!match) throw new ConfigError(`${name} must be unix:PATH or HOST:PORT, not ${JSON.stringify(text)}`);
  return { host: match[1], port: Number(match[2]) };
}

export function loadConfig(env = process.env) {
  return {
    listen: parseAddress('COURIER_LISTEN', env.COURIER_LISTEN ?? '127.0.0.1:8080'),
    downstream: parseAddress('COURIER_DOWNSTREAM', env.COURIER_DOWNSTREAM ?? '127.0.0.1:9090'),
    dataDir: env.COURIER_DATA ?? './data',
    concurrency: number(env, 'COURIER_CONCURRENCY', 4, { min: 1 }),
    maxAttempts: number(env, 'COURIER_MAX_ATTEMPTS', 5, { min: 1 }),
    retryBaseMs: number(env, 'COURIER_RETRY_BASE_MS', 500),
    callTimeoutMs: number(env, 'COURIER_CALL_TIMEOUT_MS', 30_000, { min: 1 }),
    pollMs: number(env, 'COURIER_POLL_MS', 25_000, { min: 1 }),
    flushMs: number(env, 'COURIER_FLUSH_MS', 200, { min: 1 }),
    statsMs: number(env, 'COURIER_STATS_MS', 10_000, { min: 1 }),
    sweepMs: number(env, 'COURIER_SWEEP_MS', 60_000, { min: 1 }),
    keepDone: number(env, 'COURIER_KEEP_DONE', 10_000),
    drainDelayMs: number(env, 'COURIER_DRAIN_DELAY_MS', 0),
    shutdownDeadlineMs: number(env, 'COURIER_SHUTDOWN_DEADLINE_MS', 10_000),
    maxBody: number(env, 'COURIER_MAX_BODY', 1 << 20, { min: 1 }),
  };
}
