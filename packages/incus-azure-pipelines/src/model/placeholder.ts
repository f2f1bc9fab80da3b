/**
 * The placeholder of a pool that may have no agent: a registration that never comes online. Azure fails a job at once where no
 * registered agent could take it, be that online or not; with the placeholder it waits.
 *
 * Its name, `placeholder_<owner>_<digest of the pool's name>`, is none of an agent's by that grammar: no release and no other host
 * takes it for one, nor for an orphan.
 */
import type { PoolSpec, scales } from './pool.js';
import { standbysOf } from './standby.js';

/** Says of which base the agents were that the placeholder is like, with a seal on what they offer; not there before one was seen. */
export const BASE_SHOWN = 'placeholder.base';
/** When its host was last there, as ISO time: by it other hosts see one that has no agent. */
export const SEEN_AT = 'placeholder.seen';
/** Higher than any release, so that no server wants to replace it by a newer one. */
export const PLACEHOLDER_VERSION = '99.999.9';

const NAME = /^placeholder_([0-9a-f]{6})_[0-9a-f]{8}$/;

/** The name of a pool's placeholder; it is the same for as long as the pool has its name. */
export function placeholderName(owner: string, pool: string): string {
  return `placeholder_${owner}_${digest(pool)}`;
}

/** Reads out of a name whose placeholder it is; undefined for what is none. */
export function placeholderOwner(name: string): string | undefined {
  return NAME.exec(name)?.[1];
}

/** Whether there are hours in which a pool may have no agent, though it is not paused. */
export function mayBeEmpty(spec: Parameters<typeof scales>[0]): boolean {
  return spec.agentCount > 0 && standbysOf(spec).includes(0);
}

/** What a pool's placeholder offers, but for when it was last seen: what its agents do, `offered` by lower-case name. */
export function placeholderCapabilities(
  name: string,
  { capabilities = {} }: Pick<PoolSpec, 'capabilities'>,
  offered: Readonly<Record<string, string>>,
  base: string | undefined,
): Readonly<Record<string, string>> {
  const configured = Object.entries(capabilities).map(([key, value]) => [key.toLowerCase(), value]);
  const own = { 'agent.name': name, 'agent.version': PLACEHOLDER_VERSION };
  const all = { ...offered, ...Object.fromEntries(configured), ...own };
  return base === undefined ? all : { ...all, [BASE_SHOWN]: `${base}/${sealOf(all)}` };
}

/** What a placeholder remembers of agents and their base; nothing where it knew none, or where somebody has changed it since. */
export function rememberedBy(
  capabilities: Readonly<Record<string, string>>,
): { readonly base: string; readonly capabilities: Readonly<Record<string, string>> } | undefined {
  const { [BASE_SHOWN]: mark = '', [SEEN_AT]: _seen, ...offered } = capabilities;
  const [base = '', seal] = mark.split('/');
  return seal === sealOf(offered) ? { base, capabilities: offered } : undefined;
}

/** Two maps of the same capabilities have the same; it is no secret, and tells mistakes and not malice. */
function sealOf(capabilities: Readonly<Record<string, string>>): string {
  return digest(JSON.stringify(Object.entries(capabilities).sort(([one], [other]) => (one < other ? -1 : 1))));
}

/** FNV-1a: it only tells the few pools of one file apart. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
