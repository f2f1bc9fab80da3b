import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { Usage } from '../lib/instance-usage.js';
import { PRODUCT } from '../lib/release.js';
import { UserError } from '../lib/user-error.js';
import type { DrainTarget } from '../model/drain-wish.js';
import type { BasesDocument } from './bases-document.js';
import type { Death } from './death.js';
import { type PageView, pageRoutes } from './page-routes.js';
import type { StatusDocument } from './status-document.js';
import { withUsage } from './with-usage.js';

/** What the routes show and set. */
export interface View {
  /** The last pass; undefined before the first one. */
  readonly status: () => StatusDocument | undefined;
  /** What an instance takes now, where this host can tell. */
  readonly usageOf: (instance: string) => Promise<Usage | undefined>;
  /** Has the queues read that are read for those who look alone, and waits a few seconds at most for what they show. */
  readonly lookAtQueues: () => Promise<void>;
  /** Whether the loop is alive. */
  readonly healthy: () => boolean;
  /** @throws UserError for a pool or an agent that is not there. */
  readonly drain: (target: DrainTarget) => Promise<void>;
  /** Takes drains back: one, or every one. @throws UserError for a pool that is not there. */
  readonly resume: (target: Exclude<DrainTarget, { kind: 'host' }> | undefined) => Promise<void>;
  /** Agents that ended, the latest first, without their lines. */
  readonly deaths: () => Promise<readonly Death[]>;
  readonly death: (name: string) => Promise<Death | undefined>;
  /** The bases as the last pass saw them; undefined before the first one. */
  readonly bases: () => BasesDocument | undefined;
  /** Wants the newest image and agent for these pools now, and gives back the bases that are made of them. */
  readonly refreshBases: (pools: readonly string[]) => Promise<readonly string[]>;
  readonly metrics: Registry;
}

/** Routes for a loopback port: they only read. Who scrapes may come by any name; the page is for its own host alone. */
export function publicRoutes(view: Pick<View, 'healthy' | 'metrics'>, page: PageView): Hono {
  const app = new Hono();
  app.get('/healthz', c => (view.healthy() ? c.text('ok\n') : c.text('the loop does not run\n', 503)));
  app.get('/metrics', async c =>
    c.text(await view.metrics.metrics(), 200, { 'content-type': view.metrics.contentType }),
  );
  // Behind the others, so that what guards the page does not stand before them.
  app.route('/', pageRoutes(page));
  return app;
}

/** Routes of the control socket: who may open it may act. */
export function controlRoutes(view: View): Hono {
  const app = new Hono();
  // A program of another release may act, and is not to show what it does not know.
  app.use(async (c, next) => {
    await next();
    c.header('server', PRODUCT);
  });
  app.get('/status', async c => {
    // Programs that wait for something ask again and again, and for them alone Azure is not asked.
    if (c.req.query('queue') !== undefined) await view.lookAtQueues();
    const status = view.status();
    // Files are read for it, which is more than most who ask want.
    if (status !== undefined && c.req.query('usage') !== undefined)
      return c.json(await withUsage(status, view.usageOf));
    return status ? c.json(status) : c.json({ error: 'nothing was read yet; try again in a moment' }, 503);
  });
  app.get('/bases', c => {
    const bases = view.bases();
    return bases ? c.json(bases) : c.json({ error: 'nothing was read yet; try again in a moment' }, 503);
  });
  app.post('/bases/refresh', async c => c.json({ bases: await view.refreshBases(c.req.queries('pool') ?? []) }));
  app.get('/deaths', async c => c.json(await view.deaths()));
  app.get('/deaths/:name', async c => {
    const name = c.req.param('name');
    const death = await view.death(name);
    if (death === undefined) throw new UserError(`no agent "${name}" has ended; "logs" alone lists those that have`);
    return c.json(death);
  });
  app.post('/drain', async c => {
    const has = (flag: string) => c.req.query(flag) !== undefined;
    const host = {
      kind: 'host',
      untilBoot: has('untilBoot'),
      ...(has('removePlaceholder') && { removesPlaceholders: true }),
    } as const;
    await view.drain(targetOf(c.req.query()) ?? host);
    return c.json({});
  });
  app.post('/resume', async c => {
    await view.resume(targetOf(c.req.query()));
    return c.json({});
  });
  // What is no mistake of the caller's may be over when it is asked again.
  app.onError((error, c) => c.json({ error: error.message }, error instanceof UserError ? 400 : 500));
  return app;
}

function targetOf({ agent, pool }: Record<string, string>): Exclude<DrainTarget, { kind: 'host' }> | undefined {
  if (agent !== undefined) return { kind: 'agent', agent };
  return pool === undefined ? undefined : { kind: 'pool', pool };
}
