import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { Plan } from '../model/action.js';
import type { Death } from './death.js';
import { actionStatus, type StatusDocument } from './status.js';

/** What the routes show and set. */
export interface View {
  /** The last pass; undefined before the first one. */
  readonly status: () => StatusDocument | undefined;
  /** What would be done now. */
  readonly plan: () => Plan | undefined;
  /** Whether the loop is alive. */
  readonly healthy: () => boolean;
  /** Drains a pool, or all; takes the wish back with `drain: false`. @throws UserError for a pool that is not there. */
  readonly setDrain: (pool: string | undefined, drain: boolean) => Promise<void>;
  /** Agents that ended, the latest first, without their lines. */
  readonly deaths: () => Promise<readonly Death[]>;
  readonly death: (name: string) => Promise<Death | undefined>;
  readonly metrics: Registry;
}

/** Routes for a loopback port: they only read. */
export function publicRoutes(view: View): Hono {
  const app = new Hono();
  app.get('/healthz', c => (view.healthy() ? c.text('ok\n') : c.text('the loop does not run\n', 503)));
  app.get('/metrics', async c =>
    c.text(await view.metrics.metrics(), 200, { 'content-type': view.metrics.contentType }),
  );
  return app;
}

/** Routes of the control socket: who may open it may act. */
export function controlRoutes(view: View): Hono {
  const app = new Hono();
  app.get('/status', c => {
    const status = view.status();
    return status ? c.json(status) : c.json({ error: 'nothing was read yet; try again in a moment' }, 503);
  });
  app.get('/plan', c => c.json({ actions: (view.plan()?.actions ?? []).map(actionStatus) }));
  app.get('/deaths', async c => c.json(await view.deaths()));
  app.get('/deaths/:name', async c => {
    const name = c.req.param('name');
    const death = await view.death(name);
    return death
      ? c.json(death)
      : c.json({ error: `no agent "${name}" has ended; "logs" alone lists those that have` }, 404);
  });
  app.post('/drain', async c => {
    await view.setDrain(c.req.query('pool'), true);
    return c.json({});
  });
  app.post('/resume', async c => {
    await view.setDrain(c.req.query('pool'), false);
    return c.json({});
  });
  app.onError((error, c) => c.json({ error: error.message }, 400));
  return app;
}
