import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bridgePrefix } from './choose-network.js';
import { leftControlGroups } from './control-groups.js';
import { withHostLock } from './host-lock.js';
import { isOwned, type RunRecord, readRunRecords, stateDirectory } from './run-record.js';
import { remainsOf } from './take-down.js';
import { incusChains, loopDevicesUnder, mountsUnder, networkInterfaces, processesOf } from './traces.js';
import { readVeths, strandedVeths } from './veths.js';

/**
 * Lists what the testbed has left on this host, as words for a person; empty when the host is clean.
 *
 * Runs that other living processes own are not left over.
 */
export function leftovers(): Promise<string[]> {
  // What others start or take down meanwhile would be seen without its record.
  return withHostLock(leftoversLocked);
}

async function leftoversLocked(): Promise<string[]> {
  const records = await readRunRecords();
  const abandoned = records.filter(run => !isOwned(run) || run.owner.pid === process.pid);
  const others = records.filter(run => !abandoned.includes(run));
  const found = await Promise.all(abandoned.map(run => remainsOf(run)));
  return [...new Set([...found.flat(), ...(await unrecorded(others))])];
}

/** Finds by name and place what no record tells of. */
async function unrecorded(others: readonly RunRecord[]): Promise<string[]> {
  const names = await readdir(stateDirectory).catch(() => []);
  const directories = names
    .filter(name => !name.includes('.'))
    .map(name => join(stateDirectory, name))
    .filter(directory => others.every(run => run.directory !== directory));
  const bridges = new Set(others.map(run => run.bridge));
  const isStray = (bridge: string): boolean => bridge.startsWith(bridgePrefix) && !bridges.has(bridge);
  const elsewhere = (path: string): boolean => others.every(run => !path.startsWith(`${run.directory}/`));
  // Nothing tells whose they are, and a guest that is being started has its pair so for a moment.
  const stranded = others.length === 0 ? strandedVeths(await readVeths()) : [];
  const chains = await incusChains();
  return [
    ...networkInterfaces()
      .filter(isStray)
      .map(name => `bridge ${name}`),
    ...stranded.map(name => `interface ${name}`),
    ...chains.filter(name => isStray(name.slice(name.indexOf('.') + 1))).map(name => `nft chain ${name}`),
    ...mountsUnder(stateDirectory)
      .filter(elsewhere)
      .map(point => `mount ${point}`),
    ...(others.length === 0 ? loopDevicesUnder(stateDirectory).map(device => `loop device ${device}`) : []),
    ...(others.length === 0 ? leftControlGroups().map(group => `control group ${group}`) : []),
    ...directories.flatMap(directory => [
      `directory ${directory}`,
      ...processesOf(directory).map(process => `process ${process.pid}`),
    ]),
  ];
}
