import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeControlGroups } from './control-groups.js';
import { withHostLock } from './host-lock.js';
import { restoreHostSettings } from './host-settings.js';
import { incusEnvironment, listInstances } from './incus-command.js';
import { endProcess } from './process-identity.js';
import { runCommand } from './run-command.js';
import { isOwned, type RunRecord, readRunRecords, removeEmptyStateDirectory, removeRunRecord } from './run-record.js';
import { incusChains, loopDevicesUnder, mountsUnder, networkInterfaces, processesOf } from './traces.js';
import { readVeths, strandedVeths, vethsOf } from './veths.js';

type Place = Pick<RunRecord, 'directory' | 'bridge'>;

/** What a run has made of the host's network, read while its directory was there. */
interface Interfaces {
  readonly bridges: readonly string[];
  readonly veths: readonly string[];
}

/**
 * Takes back everything that a private Incus has made, whatever state it is in, and forgets it.
 *
 * A daemon that still answers deletes its instances first. Everything after that works without it, so a daemon that
 * hangs or died long ago leaves no more behind than one that stopped in peace.
 *
 * @throws Error that lists what could not be removed; the record then stays, for the next attempt.
 */
export function takeDown(run: RunRecord): Promise<void> {
  return withHostLock(() => takeDownLocked(run));
}

/** Takes down the runs whose owner has ended without doing so, and returns their directories. */
export function sweepAbandonedRuns(): Promise<string[]> {
  return withHostLock(async () => {
    const abandoned = (await readRunRecords()).filter(run => !isOwned(run));
    for (const run of abandoned) await takeDownLocked(run);
    return abandoned.map(run => run.directory);
  });
}

/** Lists what is still there of one run, as words for a person; a daemon's directory tells which interfaces are its own. */
export async function remainsOf(run: Place, found?: Interfaces): Promise<string[]> {
  const { directory } = run;
  const bridges = found?.bridges ?? (await bridgesOf(run));
  const veths = found?.veths ?? (await vethsOf(directory, bridges));
  const interfaces = networkInterfaces();
  const chains = await incusChains();
  return [
    ...processesOf(directory).map(({ pid }) => `process ${pid}`),
    ...mountsUnder(directory).map(point => `mount ${point}`),
    ...loopDevicesUnder(directory).map(device => `loop device ${device}`),
    ...interfaces.flatMap(name => (bridges.includes(name) ? [`bridge ${name}`] : [])),
    ...interfaces.flatMap(name => (veths.includes(name) ? [`interface ${name}`] : [])),
    ...chains.flatMap(name => (bridges.some(bridge => name.endsWith(`.${bridge}`)) ? [`nft chain ${name}`] : [])),
    ...(existsSync(directory) ? [`directory ${directory}`] : []),
  ];
}

/**
 * Removes the interfaces of guests that have ended, and returns their names. Where no daemon is there to see the end of a guest,
 * both ends of its pair stay on the host; once the bridge has gone, nothing tells whose they were.
 */
export async function removeVeths(run: Place): Promise<readonly string[]> {
  const veths = await vethsOf(run.directory, await bridgesOf(run));
  // With one end the other goes.
  for (const veth of veths) await attempt('ip', ['link', 'delete', veth]);
  return veths;
}

async function takeDownLocked(run: RunRecord): Promise<void> {
  const guests: readonly string[] = await readdir(join(run.directory, 'containers')).catch(() => []);
  const bridges = await bridgesOf(run);
  await deleteInstances(run);
  const stranded = strandedVeths(await readVeths());
  // Nothing of their state is kept, so nothing is gained by asking. The end of a container starts forks: a second look.
  for (const _ of ['first', 'second']) {
    await Promise.all(processesOf(run.directory).map(found => endProcess(found, 'SIGKILL', 5_000)));
  }
  for (const point of mountsUnder(run.directory)) await attempt('umount', ['--lazy', point]);
  for (const device of loopDevicesUnder(run.directory)) await attempt('losetup', ['--detach', device]);
  const veths = await removeVeths(run);
  for (const bridge of networkInterfaces().filter(name => bridges.includes(name)))
    await attempt('ip', ['link', 'delete', bridge]);
  await deleteChains(bridges, guests);
  await removeControlGroups(guest => guests.includes(guest));
  await rm(run.directory, { recursive: true, force: true, maxRetries: 5 });
  const remains = await remainsOf(run, { bridges, veths });
  if (remains.length > 0) throw new Error(`take down ${run.directory}: these stayed: ${remains.join(', ')}`);
  await removeRunRecord(run.id);
  if ((await readRunRecords()).length > 0) return;
  // An Incus now and then leaves the pair of a guest behind, and then deletes its bridge. One that is still so is nobody's.
  for (const veth of strandedVeths(await readVeths()).filter(name => stranded.includes(name)))
    await attempt('ip', ['link', 'delete', veth]);
  await restoreHostSettings((await incusChains()).length > 0);
  await removeEmptyStateDirectory();
}

async function deleteInstances(run: RunRecord): Promise<void> {
  if (!existsSync(join(run.directory, 'unix.socket'))) return;
  const instances = await listInstances(run.directory, 5_000).catch(() => []);
  const env = incusEnvironment(run.directory);
  await Promise.all(
    instances.map(({ name, project }) =>
      attempt('incus', ['delete', '--force', '--project', project, name], { env, deadlineMs: 30_000 }),
    ),
  );
}

/** The run's own bridge and those that somebody has made in its daemon. */
async function bridgesOf({ bridge, directory }: Place): Promise<readonly string[]> {
  return [...new Set([bridge, ...(await readdir(join(directory, 'networks')).catch(() => []))])];
}

/** Chains of a bridge, and of guests whose frames are filtered. Those that jump go before those that are jumped to. */
async function deleteChains(bridges: readonly string[], guests: readonly string[]): Promise<void> {
  for (const [family, owners] of [
    ['inet', bridges],
    ['bridge', guests],
  ] as const) {
    const isOwn = (name: string) => owners.some(owner => name.endsWith(`.${owner}`) || name.includes(`.${owner}.`));
    const own = (await incusChains(family)).filter(isOwn);
    for (const name of own.toSorted((a, b) => b.length - a.length))
      await attempt('nft', ['delete', 'chain', family, 'incus', name]);
    // The table belongs to all daemons of the host; the last one to leave takes it along.
    if ((await incusChains(family)).length === 0) await attempt('nft', ['delete', 'table', family, 'incus']);
  }
}

/** What counts is what is left at the end, not which of the steps found nothing to do. */
async function attempt(...call: Parameters<typeof runCommand>): Promise<void> {
  await runCommand(...call).catch(() => undefined);
}
