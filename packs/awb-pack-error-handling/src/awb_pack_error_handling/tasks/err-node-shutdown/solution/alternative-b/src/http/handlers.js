import { HttpError, readJson, sendJson } from './body.js';
import { Router } from './router.js';

const shown = ({ id, topic, state, attempts, createdAt, endedAt, lastError }) => ({
  id,
  topic,
  state,
  attempts,
  createdAt,
  endedAt,
  lastError,
});

const ended = (job) => job.state === 'delivered' || job.state === 'dead';

const drainOrClose = (response) =>
  new Promise((resolve) => {
    const finish = () => {
      response.off('drain', finish);
      response.off('close', finish);
      resolve();
    };
    response.on('drain', finish);
    response.on('close', finish);
  });

export function createRouter({ config, store, delivery, downstream, streams, stop }) {
  const find = (id) => {
    const job = store.get(id);
    if (!job) throw new HttpError(404, 'no-such-job');
    return job;
  };

  const healthz = (request, response) => sendJson(response, 200, { status: 'ok' });

  const readyz = (request, response) =>
    stop.draining ? sendJson(response, 503, { status: 'draining' }) : sendJson(response, 200, { status: 'ready' });

  // For what brings new work. Handlers are called when the headers have arrived, so this decides by that moment.
  const unlessDraining = (handler) => (request, response, match) => {
    if (!stop.draining) return handler(request, response, match);
    return sendJson(response, 503, { error: 'draining' }, { 'retry-after': '1' });
  };

  const createJob = async (request, response) => {
    const body = await readJson(request, config.maxBody);
    if (typeof body?.topic !== 'string' || !body.topic) throw new HttpError(422, 'topic-missing');
    const job = store.add(body.topic, body.payload ?? null);
    delivery.enqueue(job);
    sendJson(response, 202, shown(job), { location: `/jobs/${job.id}` });
  };

  const showJob = (request, response, { params }) => sendJson(response, 200, shown(find(params.id)));

  // Answers when the job has ended, or with its present state after pollMs or when courier is told to stop.
  const waitForJob = async (request, response, { params }) => {
    const job = find(params.id);
    if (!ended(job) && !stop.draining) {
      await new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          store.off(`change:${job.id}`, listen);
          stop.off('drain', finish);
          resolve();
        };
        const listen = () => ended(job) && finish();
        const timer = setTimeout(finish, config.pollMs);
        store.on(`change:${job.id}`, listen);
        stop.on('drain', finish);
        response.on('close', finish);
      });
    }
    if (!response.destroyed) sendJson(response, 200, shown(job));
  };

  // Passes a message on while the client waits; nothing is kept.
  const relay = async (request, response) => {
    const body = await readJson(request, config.maxBody);
    try {
      const answer = await downstream.call('POST', '/relay', body);
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': Buffer.byteLength(answer.body) });
      response.end(answer.body);
    } catch (error) {
      sendJson(response, 502, { error: 'downstream', reason: error.message });
    }
  };

  // All jobs with their payloads, a line each, at the pace of the client.
  const exportJobs = async (request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const job of store.list()) {
      if (response.destroyed) return;
      const more = response.write(`${JSON.stringify({ ...shown(job), payload: job.payload })}\n`);
      if (!more) await drainOrClose(response);
    }
    response.end();
  };

  return new Router()
    .on('GET /healthz', healthz)
    .on('GET /readyz', readyz)
    .on('POST /jobs', unlessDraining(createJob))
    .on('GET /jobs/:id', showJob)
    .on('GET /jobs/:id/wait', waitForJob)
    .on('POST /relay', unlessDraining(relay))
    .on('GET /export', exportJobs)
    .on('GET /events', (request, response) => streams.add(response));
}
