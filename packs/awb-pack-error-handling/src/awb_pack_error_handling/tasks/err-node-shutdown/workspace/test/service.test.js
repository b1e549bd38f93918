import assert from 'node:assert/strict';
import http from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const main = new URL('../src/main.js', import.meta.url).pathname;
let folder;
let downstream;
let child;
const seen = [];

const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const request = http.request({ socketPath: join(folder, 'courier.sock'), method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-'));
  downstream = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      seen.push({ path: request.url, text });
      const flaky = request.url === '/deliver/flaky' && request.headers['x-attempt'] === '1';
      response.writeHead(flaky ? 500 : 200).end(`echo ${text}`);
    });
  });
  await new Promise((resolve) => downstream.listen(join(folder, 'down.sock'), resolve));
  child = spawn(process.execPath, [main], {
    env: {
      COURIER_LISTEN: `unix:${join(folder, 'courier.sock')}`,
      COURIER_DOWNSTREAM: `unix:${join(folder, 'down.sock')}`,
      COURIER_DATA: join(folder, 'data'),
      COURIER_RETRY_BASE_MS: '5',
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  for await (const line of createInterface(child.stderr)) {
    if (JSON.parse(line).event === 'listening') break;
  }
});

after(async () => {
  child.kill('SIGKILL');
  downstream.close();
  downstream.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

test('a job is delivered', async () => {
  const created = await call('POST', '/jobs', { topic: 'news', payload: { n: 1 } });
  assert.equal(created.status, 202);
  const { id } = JSON.parse(created.text);
  const job = JSON.parse((await call('GET', `/jobs/${id}/wait`)).text);
  assert.equal(job.state, 'delivered');
  assert.ok(seen.some((entry) => entry.path === '/deliver/news' && entry.text === '{"n":1}'));
});

test('a failed delivery is tried again', async () => {
  const { id } = JSON.parse((await call('POST', '/jobs', { topic: 'flaky' })).text);
  const job = JSON.parse((await call('GET', `/jobs/${id}/wait`)).text);
  assert.equal(job.state, 'delivered');
  assert.equal(job.attempts, 1);
});

test('relay answers with what the downstream says', async () => {
  const answer = await call('POST', '/relay', { a: 1 });
  assert.deepEqual(answer, { status: 200, text: 'echo {"a":1}' });
});

test('health, readiness and errors', async () => {
  assert.equal((await call('GET', '/healthz')).status, 200);
  assert.deepEqual(JSON.parse((await call('GET', '/readyz')).text), { status: 'ready' });
  assert.equal((await call('GET', '/nothing')).status, 404);
  assert.equal((await call('DELETE', '/jobs')).status, 405);
  assert.equal((await call('POST', '/jobs', {})).status, 422);
});
