import { fileURLToPath } from 'node:url';
import { formatMessage } from '../config/message.js';
import { makeDaemon } from '../daemon.js';
import { childSignal } from '../lib/child-signal.js';
import { systemClock } from '../lib/clock.js';
import { bootId, lastBoot, noteBoot } from '../lib/installation.js';
import { usageOf } from '../lib/instance-usage.js';
import { type LogLevel, makeLog } from '../lib/log.js';
import { onceFor } from '../lib/once-for.js';
import { Pulse } from '../lib/pulse.js';
import { RecordFolder } from '../lib/record-folder.js';
import { type Served, serveOnPort, serveOnSocket } from '../lib/serve.js';
import { attendServiceManager } from '../lib/service-manager.js';
import { claim } from '../lib/single.js';
import { UserError } from '../lib/user-error.js';
import type { Emit } from '../model/event.js';
import { knownValue, type Observed } from '../model/observed.js';
import { isThisHost } from '../observe/host-limits.js';
import { hostRestarted } from '../observe/host-restart.js';
import { lookAtQueues } from '../reconcile/look-at-queues.js';
import { basesDocument } from '../report/bases-document.js';
import { followBuilds } from '../report/build-progress.js';
import { followCoveredTokens } from '../report/covered-tokens.js';
import type { Death } from '../report/death.js';
import { keepDeaths } from '../report/deaths.js';
import { HostKills, readHostKills } from '../report/host-kills.js';
import { controlRoutes, publicRoutes, type View } from '../report/http.js';
import { followForPage } from '../report/live-page.js';
import { logEvents } from '../report/log-events.js';
import { makeMetrics } from '../report/metrics.js';
import type { PageView } from '../report/page-routes.js';
import { statusOf } from '../report/status.js';
import { followUnwrittenEnds } from '../report/unwritten-ends.js';
import { ConfigFollower } from './config-follower.js';
import { logForm, outputOf } from './log-output.js';
import { onHangUp, SERVICE_STOP_SIGNALS, stopSignals } from './stop-signals.js';

/** The loop passes at least every interval; after this many without a pass it is not well. */
const MISSED_INTERVALS = 4;
/** A record of plain text holds at most some 50 KiB; one of control characters, each escaped, six times that. */
const KEPT_DEATHS = { most: 500, mostBytes: 32 * 1024 ** 2, oldestMs: 14 * 24 * 3_600_000 };

/** Runs the daemon until SIGTERM or SIGINT. Agents go on; the next daemon adopts them. */
export async function run(options: { readonly config: string; readonly logLevel: LogLevel }): Promise<void> {
  const log = makeLog(options.logLevel, logForm(outputOf(process.stdout)));
  using stop = stopSignals(name => log.info({ signal: name }, 'stopping; agents go on'), SERVICE_STOP_SIGNALS);
  const configuration = await ConfigFollower.open({
    path: options.config,
    clock: systemClock,
    onWarning: warning => log.warn({ text: formatMessage(warning) }, 'configuration'),
  });
  using _hangUp = onHangUp(() => configuration.ring());
  const { signal } = stop;
  const made = await makeDaemon(configuration.config, signal).catch((error: unknown) => {
    // Told to stop before it had begun: that is no failure. A refusal that came first is told all the same.
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  });
  if (made === undefined) {
    log.info('stopped');
    return;
  }
  await using daemon = made;
  await using _single = await claim(daemon.installation);
  const { reconciler, events, spec } = daemon;
  logEvents(events, log);
  if (daemon.storage?.copiesOnWrite === false)
    log.warn(daemon.storage, 'the storage pool cannot copy on write, so every instance is a whole copy of its base');
  // Figures, page and scrapes share what is made of a pass.
  const withCovered = followCoveredTokens(events);
  const withUnwritten = followUnwrittenEnds(events);
  const status = onceFor(
    () => reconciler.last,
    pass => ({
      ...withUnwritten(withCovered(statusOf(daemon.spec.pools, pass, spec => daemon.pools.azureOf(spec), daemon))),
      configuration: { ...configuration.status },
    }),
  );
  const deaths = new RecordFolder<Death>(`${spec.stateDirectory}/deaths`, KEPT_DEATHS);
  const onFailure = (error: unknown) => log.warn({ err: error }, 'the boot of this host could not be written down');
  const onUnread = (error: unknown) =>
    log.warn({ err: error }, 'the page lacks an end of an agent that could not be read');
  const boot = await bootId();
  const before = await lastBoot(daemon.installation);
  const restarted = hostRestarted(spec.incus, before, boot);
  const page =
    spec.http &&
    (await followForPage(events, status, deaths, {
      clock: systemClock,
      lookEveryMs: spec.reconcileIntervalMs,
      onFailure: onUnread,
    }));
  const kills = new HostKills(events, readHostKills);
  keepDeaths(events, page?.deaths ?? deaths, {
    restarted,
    ...(isThisHost(spec.incus) ? { killsLately: () => kills.lately() } : {}),
  });
  const progressOf = followBuilds(events);
  const pulse = new Pulse();
  events.on('pass-ended', () => pulse.beat());
  const off = events.on('pass-ended', () => {
    if (reconciler.last?.observed.agents.known !== true) return;
    off();
    void noteBoot(daemon.installation, boot).catch(onFailure);
  });
  // Of the configuration in force: systemd would kill a daemon that has just been told to look more seldom.
  const healthy = () => pulse.within(MISSED_INTERVALS * daemon.spec.reconcileIntervalMs);
  const view: View = {
    status,
    lookAtQueues: () => lookAtQueues(daemon, systemClock, signal),
    healthy,
    // Groups of this host tell nothing of an Incus on another one, whose instances may have the same names.
    usageOf: async name => (isThisHost(spec.incus) ? usageOf(spec.project, name) : undefined),
    drain: async target => {
      if (target.kind === 'agent') expectAgent(target.agent, reconciler.last?.observed);
      await daemon.wishes.drain(target);
    },
    resume: target => daemon.wishes.resume(target),
    deaths: async () => {
      const records = await Promise.all((await deaths.names()).map(name => deaths.read(name)));
      return records.flatMap(record => (record === undefined ? [] : [{ ...record, phases: [], lastLines: '' }]));
    },
    death: name => deaths.read(name),
    bases: () => reconciler.last && basesDocument(daemon.spec.pools, reconciler.last.observed, progressOf),
    refreshBases: async pools => {
      const bases = await daemon.wantedBases.refresh(pools, signal);
      reconciler.retryBuilds(bases);
      return bases;
    },
    metrics: makeMetrics(events, status, async () => (await deaths.names()).length),
  };
  await using _control = await serveOnSocket(controlRoutes(view).fetch, spec.controlSocketPath);
  await using http =
    spec.http && page && (await servePublic(view, { feed: page.feed, onlookers: daemon.pools.onlookers }, spec.http));
  log.info(
    { owner: daemon.installation.owner, pools: spec.pools.map(pool => pool.name), httpPort: http?.port },
    'running',
  );
  using up = childSignal(signal);
  // By then the control socket answers, and Azure and Incus have been asked: both have answered when the daemon was made, and one
  // that has fallen silent since holds up no pass.
  const offFirst = events.on('pass-ended', () => {
    offFirst();
    const onFailed = (error: unknown) => log.warn({ err: error }, 'systemd could not be told');
    void attendServiceManager(up.signal, { healthy, onFailure: onFailed });
  });
  // Who asks for the status sees it at once.
  events.on('configuration-taken', () => reconciler.ring());
  events.on('configuration-refused', () => reconciler.ring());
  const emit: Emit = (name, event) => events.emit(name, event);
  await Promise.all([daemon.run(signal), configuration.follow(daemon, emit, up.signal)]);
  log.info('stopped');
}

/** The build puts the page beside the program. */
const PAGE_FOLDER = fileURLToPath(new URL('./page', import.meta.url));

function servePublic(
  view: View,
  page: Pick<PageView, 'feed' | 'onlookers'>,
  { host, port }: { host: string; port: number },
): Promise<Served> {
  const routes = publicRoutes(view, { ...page, death: view.death, folder: PAGE_FOLDER, host });
  return serveOnPort(routes.fetch, host, port);
}

function expectAgent(name: string, observed: Observed | undefined): void {
  const agents = (observed && knownValue(observed.agents)) ?? [];
  if (!agents.some(agent => agent.name === name))
    throw new UserError(`no agent "${name}"; "status" lists those that are there`);
}
