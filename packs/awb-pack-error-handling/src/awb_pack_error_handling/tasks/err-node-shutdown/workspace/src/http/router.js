// Routes are "METHOD /path/:name"; the first that fits is taken.

import { HttpError } from './body.js';

export class Router {
  #routes = [];

  on(pattern, handler) {
    const [method, path] = pattern.split(' ');
    const names = [];
    const source = path
      .split('/')
      .map((part) => {
        if (!part.startsWith(':')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        names.push(part.slice(1));
        return '([^/]+)';
      })
      .join('/');
    this.#routes.push({ method, regexp: new RegExp(`^${source}$`), names, handler });
    return this;
  }

  find(method, url) {
    const { pathname, searchParams } = new URL(url, 'http://courier');
    let known = false;
    for (const route of this.#routes) {
      const match = route.regexp.exec(pathname);
      if (!match) continue;
      known = true;
      if (route.method !== method) continue;
      const params = Object.fromEntries(route.names.map((name, index) => [name, decodeURIComponent(match[index + 1])]));
      return { handler: route.handler, params, query: searchParams };
    }
    throw known ? new HttpError(405, 'method-not-allowed') : new HttpError(404, 'not-found');
  }
}
