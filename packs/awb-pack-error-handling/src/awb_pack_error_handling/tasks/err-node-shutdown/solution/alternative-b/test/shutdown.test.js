import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, test } from 'node:test';

const main = new URL('../src/main.js', import.meta.url).pathname;
let folder;
let downstream;
let calls; // of the downstream, still to be answered
let children;

const path = (name) => join(folder, name);
const until = async (holds) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

function start(env = {}) {
  const child = spawn(process.execPath, [main], {
    env: {
      COURIER_LISTEN: `unix:${path('courier.sock')}`,
      COURIER_DOWNSTREAM: `unix:${path('down.sock')}`,
      COURIER_DATA: path('data'),
      COURIER_RETRY_BASE_MS: '5',
      ...env,
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  children.push(child);
  const log = [];
  const closed = once(child, 'close');
  createInterface(child.stderr).on('line', (line) => log.push(JSON.parse(line)));
  const end = async () => {
    const [code] = await closed;
    const { event, reason, pending } = log.at(-1);
    assert.equal(event, 'stopped');
    assert.ok(!existsSync(path('courier.sock')));
    assert.ok(!existsSync(path('data/journal.lock')));
    const { jobs } = JSON.parse(await readFile(path('data/stats.json'), 'utf8'));
    assert.equal(jobs.running, 0);
    assert.equal(jobs.queued, pending);
    return { code, reason, pending };
  };
  return { child, log, end, up: () => until(() => log.some(({ event }) => event === 'listening')) };
}

function send(method, target, { body, agent = false } = {}) {
  const request = http.request({ socketPath: path('courier.sock'), method, path: target, agent });
  const answer = new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.on('error', reject);
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
  });
  answer.catch(() => {});
  if (body !== null) request.end(body === undefined ? undefined : JSON.stringify(body));
  return { request, answer };
}

const call = (...args) => send(...args).answer;

// A signal is heard when the readiness says so.
async function signal({ child }) {
  child.kill('SIGTERM');
  while ((await call('GET', '/readyz')).status !== 503);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-'));
  calls = [];
  children = [];
  downstream = http.createServer((request, response) => {
    if (request.url === '/hello') response.end();
    else calls.push({ request, response });
  });
  await new Promise((resolve) => downstream.listen(path('down.sock'), resolve));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  downstream.close();
  downstream.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

test('an idle service ends at once, with connections that send nothing', async () => {
  const service = start();
  await service.up();
  const silent = net.connect(path('courier.sock'));
  const half = net.connect(path('courier.sock'));
  half.write('GET /healthz HTTP/1.1\r\nhost:');
  const agent = new http.Agent({ keepAlive: true });
  await call('GET', '/healthz', { agent });
  service.child.kill('SIGINT');
  await Promise.all([once(silent, 'close'), once(half, 'close')]);
  assert.deepEqual(await service.end(), { code: 0, reason: 'drained', pending: 0 });
});

test('new work is refused, old work is finished', async () => {
  const service = start({ COURIER_DRAIN_DELAY_MS: '600', COURIER_CONCURRENCY: '1' });
  await service.up();
  const first = JSON.parse((await call('POST', '/jobs', { body: { topic: 'one' } })).text);
  const second = JSON.parse((await call('POST', '/jobs', { body: { topic: 'two' } })).text);
  const relayed = call('POST', '/relay', { body: {} });
  await until(() => calls.length === 2);
  const wait = call('GET', `/jobs/${second.id}/wait`);
  const events = call('GET', '/events');
  const late = send('POST', '/jobs', { body: null });
  late.request.flushHeaders();
  await call('GET', '/healthz');
  await signal(service);
  assert.equal(JSON.parse((await wait).text).state, 'queued');
  assert.match((await events).text, /event: shutdown\ndata: \{\}\n\n$/);
  assert.match((await call('GET', '/events')).text, /event: shutdown\ndata: \{\}\n\n$/);
  for (const target of ['/jobs', '/relay']) {
    const { status, headers, text } = await call('POST', target, { body: { topic: 'x' } });
    assert.deepEqual([status, JSON.parse(text), headers.connection], [503, { error: 'draining' }, 'close']);
    assert.ok(Number(headers['retry-after']) >= 1);
  }
  assert.equal((await call('GET', `/jobs/${first.id}/wait`)).headers.connection, 'close');
  late.request.end(JSON.stringify({ topic: 'three' }));
  assert.equal((await late.answer).status, 202);
  for (const { request, response } of calls) response.writeHead(request.url === '/relay' ? 200 : 500).end('done');
  const { text, headers } = await relayed;
  assert.deepEqual([text, headers.connection], ['done', 'close']);
  assert.deepEqual(await service.end(), { code: 0, reason: 'drained', pending: 3 });
  calls = [];
  const again = start();
  await until(() => calls.length === 3);
  assert.deepEqual(calls.map(({ request }) => `${request.url} ${request.headers['x-attempt']}`).sort(), [
    '/deliver/one 2',
    '/deliver/three 1',
    '/deliver/two 1',
  ]);
  again.child.kill('SIGKILL');
});

test('a slow reader gets all of an export', async () => {
  const service = start({ COURIER_MAX_ATTEMPTS: '1' });
  await service.up();
  for (let n = 0; n < 20; n += 1) await call('POST', '/jobs', { body: { topic: 't', payload: 'x'.repeat(200_000) } });
  const socket = net.connect(path('courier.sock'));
  socket.write('GET /export HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'readable');
  service.child.kill('SIGTERM');
  await until(() => !existsSync(path('courier.sock')));
  for (const { response } of calls) response.end();
  let size = 0;
  for await (const chunk of socket) size += chunk.length;
  assert.ok(size > 20 * 200_000);
  assert.equal((await service.end()).code, 0);
});

for (const [reason, code, env] of [
  ['signal', 3, { COURIER_DRAIN_DELAY_MS: '60000' }],
  ['deadline', 1, { COURIER_SHUTDOWN_DEADLINE_MS: '300' }],
]) {
  test(`what is under way is given up: ${reason}`, async () => {
    const service = start(env);
    await service.up();
    await call('POST', '/jobs', { body: { topic: 'one' } });
    const relayed = call('POST', '/relay', { body: {} });
    await until(() => calls.length === 2);
    if (reason === 'signal') await signal(service);
    service.child.kill('SIGINT');
    await assert.rejects(relayed);
    assert.deepEqual(await service.end(), { code, reason, pending: 1 });
    assert.doesNotMatch(await readFile(path('data/journal.jsonl'), 'utf8'), /attempt"/);
  });
}

test('a signal during the start', async () => {
  downstream.removeAllListeners('request');
  downstream.on('request', (request, response) => calls.push({ request, response }));
  const service = start();
  await until(() => calls.length === 1);
  service.child.kill('SIGTERM');
  assert.deepEqual(await service.end(), { code: 0, reason: 'drained', pending: 0 });
  assert.ok(!service.log.some(({ event }) => event === 'listening'));
});

test('wrong settings', async () => {
  for (const name of ['COURIER_DRAIN_DELAY_MS', 'COURIER_SHUTDOWN_DEADLINE_MS']) {
    const { child } = start({ [name]: '-1' });
    assert.deepEqual(await once(child, 'close'), [2, null]);
  }
});
