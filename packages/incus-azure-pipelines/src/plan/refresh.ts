/**
 * When a base is renewed for what changes outside of the configuration: a newer image, a newer agent. Each host looks at
 * instants of its own, `baseRefresh` apart and shifted by a part of it that its owner's digest chooses: so that many hosts
 * do not all build, or all break, at once.
 */
import type { BaseRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';

/** The base that a pool goes on with while nothing of its configuration changes: the newest that is ready. */
export function keptBase(own: string, bases: readonly BaseRecord[]): BaseRecord | undefined {
  return bases
    .filter(base => base.ready && base.contract === CONTRACT && base.own === own)
    .sort((a, b) => b.createdAt - a.createdAt)[0];
}

/**
 * The first instant (epoch ms) of this host after a base was last seen to be the newest.
 *
 * @param everyMs undefined for never.
 * @param owner digest of the installation, in hexadecimal digits.
 */
export function nextRefreshAt(base: BaseRecord, everyMs: number | undefined, owner: string): number {
  if (everyMs === undefined) return Number.POSITIVE_INFINITY;
  const shiftMs = Math.floor((Number.parseInt(owner, 16) / 16 ** owner.length) * everyMs);
  return (Math.floor((base.checkedAt - shiftMs) / everyMs) + 1) * everyMs + shiftMs;
}
