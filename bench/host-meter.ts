import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { loopDevicesUnder } from '../testbed/traces.js';

/** How busy a host was over some time, as shares between 0 and 1. */
export interface HostUse {
  /** Of the time of all cores together; waiting for a disk is idle too. */
  readonly coresIdle: number;
  /** Of the time, in which the device of the instances' storage had something to do. */
  readonly storageBusy: number;
}

interface Look {
  readonly cores: CoreTicks;
  readonly at: number;
  readonly storageBusyMs: number;
}

/** Measures how busy the whole host is, whoever makes it so. */
export class HostMeter {
  readonly #device: string;
  #before: Look | undefined;

  private constructor(device: string) {
    this.#device = device;
  }

  /** For the host whose instances are stored on a loop file below `directory`. @throws Error when there is none. */
  static of(directory: string): HostMeter {
    const [device] = loopDevicesUnder(directory);
    if (device === undefined)
      throw new Error(`look for the storage of ${directory}: no loop device has its file there`);
    return new HostMeter(basename(device));
  }

  async start(): Promise<void> {
    this.#before = await this.#look();
  }

  /** Since the start. */
  async use(): Promise<HostUse> {
    const before = this.#before;
    if (before === undefined) throw new Error('read the use of the host: nobody has started the meter');
    const now = await this.#look();
    return {
      coresIdle: (now.cores.idle - before.cores.idle) / (now.cores.all - before.cores.all),
      storageBusy: (now.storageBusyMs - before.storageBusyMs) / (now.at - before.at),
    };
  }

  async #look(): Promise<Look> {
    const [stat, diskstats] = await Promise.all([readFile('/proc/stat', 'utf8'), readFile('/proc/diskstats', 'utf8')]);
    return { cores: coreTicks(stat), at: performance.now(), storageBusyMs: busyMs(diskstats, this.#device) };
  }
}

/** Ticks of all cores together. */
interface CoreTicks {
  readonly all: number;
  readonly idle: number;
}

/** Reads the first line of /proc/stat. Time of guests is in that of users already. Source: proc_stat(5). */
export function coreTicks(stat: string): CoreTicks {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1] ?? '';
  const ticks = line.split(' ').map(Number).slice(0, 8);
  const [idle = 0, waiting = 0] = ticks.slice(3);
  return { all: ticks.reduce((sum, some) => sum + some, 0), idle: idle + waiting };
}

/** Milliseconds in which a device had something to do, from /proc/diskstats. Source: the kernel's iostats.rst, field 10. */
export function busyMs(diskstats: string, device: string): number {
  const fields = diskstats.split('\n').map(line => line.trim().split(/ +/));
  return Number(fields.find(([, , name]) => name === device)?.[12]);
}
