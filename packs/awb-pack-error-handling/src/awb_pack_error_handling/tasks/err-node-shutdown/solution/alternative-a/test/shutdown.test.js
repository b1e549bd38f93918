import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';

const main = new URL('../src/main.js', import.meta.url).pathname;

// A downstream that answers when it is told to, and couriers on one data folder.
async function scene(t) {
  const folder = await mkdtemp(join(tmpdir(), 'courier-'));
  const held = [];
  const seen = [];
  const state = { hold: false, holdHello: false };
  const downstream = http.createServer((request, response) => {
    request.resume().on('end', () => {
      seen.push({ url: request.url, attempt: request.headers['x-attempt'], id: request.headers['idempotency-key'] });
      const hold = request.url === '/hello' ? state.holdHello : state.hold;
      if (hold) held.push(response);
      else response.end('ok');
    });
  });
  await new Promise((resolve) => downstream.listen(join(folder, 'down.sock'), resolve));
  const children = [];
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    downstream.close();
    downstream.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });
  const socketPath = join(folder, 'courier.sock');
  const start = async (env = {}, until = 'listening') => {
    const child = spawn(process.execPath, [main], {
      env: {
        COURIER_LISTEN: `unix:${socketPath}`,
        COURIER_DOWNSTREAM: `unix:${join(folder, 'down.sock')}`,
        COURIER_DATA: join(folder, 'data'),
        COURIER_RETRY_BASE_MS: '5',
        ...env,
      },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    children.push(child);
    const log = [];
    const exited = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, last: log.at(-1) })));
    const lines = createInterface(child.stderr);
    const listening = new Promise((resolve) =>
      lines.on('line', (line) => {
        log.push(JSON.parse(line));
        if (log.at(-1).event === until) resolve();
      }),
    );
    if (until) await listening;
    return { child, exited, log };
  };
  const call = (method, path, body, agent = false) =>
    new Promise((resolve, reject) => {
      const request = http.request({ socketPath, method, path, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const lines = async () => (await readFile(join(folder, 'data', 'journal.jsonl'), 'utf8')).trim().split('\n').map(JSON.parse);
  const stats = async () => JSON.parse(await readFile(join(folder, 'data', 'stats.json'), 'utf8'));
  const clean = () => !existsSync(socketPath) && !existsSync(join(folder, 'data', 'journal.lock'));
  const until = async (condition) => {
    while (!condition()) await sleep(5);
  };
  return { call, clean, held, lines, seen, socketPath, start, state, stats, until };
}

test('nothing to do: it ends at once', async (t) => {
  const { clean, start, stats } = await scene(t);
  const { child, exited } = await start();
  child.kill('SIGINT');
  const { code, last } = await exited;
  assert.equal(code, 0);
  assert.deepEqual([last.event, last.reason, last.pending], ['stopped', 'drained', 0]);
  assert.ok(clean());
  assert.equal((await stats()).writes, 1);
});

test('what has arrived is carried out, what arrives is refused', async (t) => {
  const { call, clean, held, lines, socketPath, start, state, until } = await scene(t);
  const { child, exited, log } = await start({ COURIER_DRAIN_DELAY_MS: '600' });
  state.hold = true;
  const relayed = call('POST', '/relay', { a: 1 });
  await until(() => held.length === 1);
  const { id } = JSON.parse((await call('POST', '/jobs', { topic: 'x' })).text);
  await until(() => held.length === 2);
  const waiting = call('GET', `/jobs/${id}/wait`);
  const events = call('GET', '/events');
  const slow = net.connect(socketPath);
  let slowText = '';
  slow.on('data', (chunk) => (slowText += chunk));
  slow.write('POST /jobs HTTP/1.1\r\nhost: a\r\ncontent-length: 13\r\n\r\n{"topic"');
  await sleep(100);
  child.kill('SIGTERM');
  await until(() => log.some((line) => line.event === 'draining'));
  assert.equal(JSON.parse((await waiting).text).state, 'running');
  assert.match((await events).text, /event: shutdown\ndata: \{\}\n\n$/);
  const ready = await call('GET', '/readyz');
  assert.deepEqual([ready.status, ready.text, ready.headers.connection], [503, '{"status":"draining"}\n', 'close']);
  assert.equal((await call('GET', '/healthz')).status, 200);
  const refused = await call('POST', '/jobs', { topic: 'late' });
  assert.deepEqual([refused.status, refused.text, refused.headers['retry-after']], [503, '{"error":"draining"}\n', '1']);
  assert.match((await call('GET', '/events')).text, /event: shutdown/);
  await sleep(700);
  await assert.rejects(call('GET', '/healthz'));
  slow.write(':"y"}');
  await until(() => slowText.includes('202 Accepted'));
  assert.match(slowText, /connection: close/i);
  for (const response of held) response.end('done');
  const answer = await relayed;
  assert.deepEqual([answer.text, answer.headers.connection], ['done', 'close']);
  const { code, last } = await exited;
  assert.deepEqual([code, last.reason, last.pending], [0, 'drained', 1]);
  assert.ok(clean());
  assert.deepEqual((await lines()).map(({ op }) => op), ['add', 'add', 'end']);
});

test('a slow reader of the export gets all of it; idle and incomplete connections are closed', async (t) => {
  const { call, socketPath, start } = await scene(t);
  const { child, exited, log } = await start();
  for (let n = 0; n < 20; n += 1) await call('POST', '/jobs', { topic: 'big', payload: 'x'.repeat(200_000) });
  const reader = net.connect(socketPath);
  reader.pause();
  reader.write('GET /export HTTP/1.1\r\nhost: a\r\n\r\n');
  const others = ['', 'GET /healthz HTTP/1.1\r\nho', 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'].map((text) => {
    const socket = net.connect(socketPath, () => text && socket.write(text));
    socket.resume();
    return new Promise((resolve) => socket.on('close', resolve));
  });
  await sleep(200);
  child.kill('SIGTERM');
  await Promise.all(others);
  await sleep(200);
  assert.notEqual(log.at(-1).event, 'stopped');
  let size = 0;
  let tail = '';
  reader.on('data', (chunk) => {
    size += chunk.length;
    tail = chunk.toString().slice(-5);
  });
  reader.resume();
  await new Promise((resolve) => reader.on('close', resolve));
  assert.ok(size > 4_000_000);
  assert.equal(tail, '0\r\n\r\n');
  assert.equal((await exited).code, 0);
});

for (const [reason, exitCode, env, signals] of [
  ['deadline', 1, { COURIER_SHUTDOWN_DEADLINE_MS: '300', COURIER_DRAIN_DELAY_MS: '60000' }, ['SIGTERM']],
  ['signal', 3, {}, ['SIGTERM', 'SIGINT']],
]) {
  test(`an end by ${reason} leaves the job to the next start`, async (t) => {
    const { call, clean, held, lines, seen, start, state, stats, until } = await scene(t);
    const { child, exited, log } = await start(env);
    state.hold = true;
    const { id } = JSON.parse((await call('POST', '/jobs', { topic: 'x' })).text);
    const relayed = call('POST', '/relay', {});
    await until(() => held.length === 2);
    for (const signal of signals) {
      child.kill(signal);
      await until(() => log.some((line) => line.event === 'draining'));
    }
    await assert.rejects(relayed);
    const { code, last } = await exited;
    assert.deepEqual([code, last.reason, last.pending], [exitCode, reason, 1]);
    assert.ok(clean());
    assert.deepEqual((await lines()).map(({ op }) => op), ['add']);
    assert.deepEqual((await stats()).jobs, { queued: 1, running: 0, delivered: 0, dead: 0 });
    state.hold = false;
    const next = await start();
    assert.equal(JSON.parse((await call('GET', `/jobs/${id}/wait`)).text).state, 'delivered');
    assert.deepEqual(seen.filter((entry) => entry.id === id).map((entry) => entry.attempt), ['1', '1']);
    next.child.kill('SIGTERM');
    assert.equal((await next.exited).code, 0);
  });
}

test('a failed delivery is recorded and not tried again', async (t) => {
  const { call, held, lines, start, state, until } = await scene(t);
  const { child, exited } = await start();
  state.hold = true;
  await call('POST', '/jobs', { topic: 'x' });
  await until(() => held.length === 1);
  child.kill('SIGTERM');
  await sleep(100);
  held[0].writeHead(500).end();
  const { code, last } = await exited;
  assert.deepEqual([code, last.reason, last.pending], [0, 'drained', 1]);
  assert.deepEqual((await lines()).map(({ op, attempts }) => [op, attempts]), [['add', undefined], ['attempt', 1]]);
});

test('a signal during the start ends it', async (t) => {
  const { clean, held, start, state, until } = await scene(t);
  state.holdHello = true;
  const { child, exited, log } = await start({}, null);
  await until(() => held.length === 1);
  child.kill('SIGTERM');
  const { code, last } = await exited;
  assert.deepEqual([code, last.event, last.reason, last.pending], [0, 'stopped', 'drained', 0]);
  assert.ok(!log.some((line) => line.event === 'listening'));
  assert.ok(clean());
});
