import { loadConfig } from '../config/load.js';
import { formatMessage } from '../config/message.js';
import { makeDaemon } from '../daemon.js';
import { systemClock } from '../lib/clock.js';
import { type LogLevel, makeLog } from '../lib/log.js';
import { serveOnPort, serveOnSocket } from '../lib/serve.js';
import { claim } from '../lib/single.js';
import { controlRoutes, publicRoutes, type View } from '../report/http.js';
import { logEvents } from '../report/log-events.js';
import { makeMetrics } from '../report/metrics.js';
import { statusOf } from '../report/status.js';

/** The loop passes at least every interval; after this many without a pass it is not well. */
const MISSED_INTERVALS = 4;

/** Runs the daemon until SIGTERM or SIGINT. Agents go on; the next daemon adopts them. */
export async function run(options: { readonly config: string; readonly logLevel: LogLevel }): Promise<void> {
  const log = makeLog(options.logLevel);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => {
      log.info({ signal: name }, 'stopping; agents go on');
      stop.abort();
    });
  const config = await loadConfig(options.config);
  for (const warning of config.warnings) log.warn({ text: formatMessage(warning) }, 'configuration');
  await using daemon = await makeDaemon(config, stop.signal);
  await using _single = await claim(daemon.installation);
  const { reconciler, events, spec } = daemon;
  logEvents(events, log);
  const status = () =>
    reconciler.last && statusOf(spec.pools, reconciler.last, pool => daemon.azure.get(pool.name)?.reading);
  const view: View = {
    status,
    plan: () => reconciler.last?.plan,
    healthy: () => {
      const last = reconciler.last?.at;
      return last !== undefined && systemClock.now() - last < MISSED_INTERVALS * spec.reconcileIntervalMs;
    },
    setDrain: (pool, drain) => daemon.wishes.set(pool, drain),
    metrics: makeMetrics(events, status),
  };
  await using _control = await serveOnSocket(controlRoutes(view).fetch, spec.controlSocketPath);
  await using http = spec.http && (await serveOnPort(publicRoutes(view).fetch, spec.http.host, spec.http.port));
  log.info(
    { owner: daemon.installation.owner, pools: spec.pools.map(pool => pool.name), httpPort: http?.port },
    'running',
  );
  await daemon.run(stop.signal);
  log.info('stopped');
}
