import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Onlookers } from '../lib/onlookers.js';
import type { Death } from './death.js';
import type { LiveFeed } from './live-feed.js';
import { ownHostOnly } from './own-host.js';
import type { LastWords } from './page-document.js';
import { printable } from './printable.js';

/** Each costs a message several times a second; nobody looks from more places at once. */
const MOST_READERS = 16;

/** What the page is made of, as the build leaves it. */
const FILES = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
} as const;

export interface PageView {
  readonly feed: Pick<LiveFeed, 'follow'>;
  readonly onlookers: Pick<Onlookers, 'enter'>;
  readonly death: (name: string) => Promise<Death | undefined>;
  /** The folder of the built page. */
  readonly folder: string;
  /** The host that the configuration names. */
  readonly host: string;
}

/** Routes of the page: they only read, and only for the page itself. */
export function pageRoutes({ death, feed, folder, host, onlookers }: PageView): Hono {
  const app = new Hono();
  app.use(ownHostOnly(host));
  for (const [path, { file, type }] of Object.entries(FILES))
    app.get(path, async c => c.body(await readFile(`${folder}/${file}`), 200, { 'content-type': type }));
  app.get('/deaths/:name', async c => {
    const found = await death(c.req.param('name'));
    if (found === undefined) return c.json({ error: 'nothing is kept of it' }, 404);
    const words: LastWords = { name: found.name, lastLines: printable(found.lastLines) };
    return c.json(words);
  });
  let readers = 0;
  app.get('/live', c => {
    // Who asks for the head alone never reads, and so would never be seen to go.
    if (c.req.method === 'HEAD') return c.body(null, 405);
    if (readers >= MOST_READERS) return c.text(`${MOST_READERS} pages are open already; close one of them\n`, 503);
    readers += 1;
    const gone = new AbortController();
    return streamSSE(c, async stream => {
      stream.onAbort(() => gone.abort());
      using _onlooker = onlookers.enter();
      try {
        for await (const message of feed.follow(c.req.query('since'), gone.signal)) await stream.writeSSE(message);
      } finally {
        readers -= 1;
      }
    });
  });
  // A name that is none, or a file that is not there: whoever asks learns nothing of paths.
  app.onError((_, c) => c.json({ error: 'it cannot be read' }, 500));
  return app;
}
