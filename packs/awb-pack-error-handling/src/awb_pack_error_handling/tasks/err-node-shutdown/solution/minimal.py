"""Draining with deadline and second signal; what happens during the delay and at the start is not seen to.

awb-canary ba205154-98f4-4100-bfd5-302dce0608e5
"""

from awb_edit import replace

replace(
    "src/config.js",
    "    maxBody: number",
    """    shutdownDeadlineMs: number(env, 'COURIER_SHUTDOWN_DEADLINE_MS', 10_000),
    drainDelayMs: number(env, 'COURIER_DRAIN_DELAY_MS', 0),
    maxBody: number""",
)
replace(
    "src/http/server.js",
    "  async #handle(request, response) {",
    """  close() {
    return new Promise((resolve) => this.server.close(resolve));
  }

  async #handle(request, response) {""",
)
replace(
    "src/http/server.js",
    "    this.stats.requests += 1;",
    """    this.stats.requests += 1;
    this.responses.add(response);
    response.on('close', () => this.responses.delete(response));""",
)
replace("src/http/server.js", "    this.log = log;\n", "    this.log = log;\n    this.responses = new Set();\n")
replace(
    "src/http/server.js",
    "  async listen(address) {",
    """  drain() {
    for (const response of this.responses) {
      if (!response.headersSent) response.setHeader('connection', 'close');
    }
  }

  async listen(address) {""",
)
replace(
    "src/http/events.js",
    "  #send(event, data) {",
    """  end() {
    for (const response of this.#streams) response.end('event: shutdown\\ndata: {}\\n\\n');
    this.#streams.clear();
  }

  #send(event, data) {""",
)
replace(
    "src/http/handlers.js",
    "downstream, streams }) {",
    "downstream, streams, state }) {",
)
replace(
    "src/http/handlers.js",
    "sendJson(response, 200, { status: 'ready' });",
    "state.draining ? sendJson(response, 503, { status: 'draining' }) : sendJson(response, 200, { status: 'ready' });",
)
replace("src/delivery.js", "  #running = new Set();", "  #running = new Set();\n  #stopped = false;\n  #idle = () => {};")
replace("src/delivery.js", "while (this.#running", "while (!this.#stopped && this.#running")
replace(
    "src/delivery.js",
    "        this.#fill();\n      });",
    "        this.#fill();\n        if (this.#running.size === 0) this.#idle();\n      });",
)
replace(
    "src/delivery.js",
    "  #fill() {",
    """  stop() {
    this.#stopped = true;
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  #fill() {""",
)
replace("src/app.js", "createRouter({ config,", "createRouter({ state: this.state, config,")
replace("src/app.js", "    this.log = log;\n", "    this.log = log;\n    this.state = { draining: false };\n")
replace(
    "src/app.js",
    "  async sweep() {",
    """  // Resolves when nothing is under way any more.
  async drain() {
    this.state.draining = true;
    this.server.drain();
    this.streams.end();
    const deliveries = this.delivery.stop();
    await new Promise((resolve) => setTimeout(resolve, this.config.drainDelayMs));
    await Promise.all([this.server.close(), deliveries]);
  }

  async finish() {
    this.server.server.closeAllConnections();
    await this.stats.write(this.store.counts());
    await this.journal.close();
  }

  async sweep() {""",
)
replace(
    "src/main.js",
    "  await app.start();",
    """  const started = app.start();
  let ended = false;
  const end = async (reason, code) => {
    if (ended) return;
    ended = true;
    await app.finish();
    const { queued, running } = app.store.counts();
    log.info('stopped', { reason, pending: queued + running });
    process.exit(code);
  };
  let signals = 0;
  const onSignal = async () => {
    signals += 1;
    if (signals > 1) {
      await end('signal', 3);
      return;
    }
    setTimeout(() => end('deadline', 1), app.config.shutdownDeadlineMs);
    await started;
    await app.drain();
    await end('drained', 0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  await started;""",
)
