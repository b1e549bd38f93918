const LINGER_MS = 1_000;

export class HttpError extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export async function readJson(request, limit) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw new HttpError(413, 'too-large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpError(400, 'not-json');
  }
}

// Answers a request whose body nobody wants. The body is read to its end for a moment nevertheless: closing a connection
// on a client that still writes can cost it the answer.
export function refuseJson(request, response, status, value, headers = {}) {
  const data = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': data.length, ...headers });
  response.write(data);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  request.on('end', () => {
    clearTimeout(timer);
    response.end();
  });
  request.on('error', () => clearTimeout(timer));
  request.resume();
}

export function sendJson(response, status, value, headers = {}) {
  const data = Buffer.from(`${JSON.stringify(value)}\n`);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': data.length, ...headers });
  response.end(data);
}
