/** From what is wanted and what is found to the steps in between. The same arguments give the same plan. */

import { MARKS } from '../model/marks.js';
import type { Acl, Found, Keys, Named, Profile, Refused, Rule, SetupPlan, Step, Wish } from './model.js';

/** Plans what has to be made or changed; no steps where all is as wanted. Refuses where a name is taken by something else. */
export function planSetup(wish: Wish, found: Found): SetupPlan {
  const refused = refusal(wish, found);
  if (refused !== undefined) return refused;
  const steps = [
    ...aclSteps(wish.acl, found.acl),
    ...networkSteps(wish.network, found.network),
    ...projectSteps(wish.project, found.project),
    ...profileSteps(wish, found.profile),
    ...listenSteps(wish, found.server),
    ...certificateSteps(wish, found),
    ...inotifySteps(wish, found),
  ];
  return { kind: 'plan', steps, remarks: [...wish.remarks, ...foreignInotify(wish, found)] };
}

/** Why a part that is there cannot be taken for ours; undefined where all are ours or missing. */
export function refusal({ ownerId, ...wish }: Wish, found: Found): Refused | undefined {
  const { project, network, acl } = found;
  if (project !== undefined && project.config[MARKS.owner] !== ownerId)
    return {
      kind: 'refused',
      why: `Incus has a project "${project.name}" that this installation has not made; ${remedyFor(project.config[MARKS.owner])}`,
    };
  for (const [what, there] of [
    ['network', network],
    ['network ACL', acl],
  ] as const)
    if (there !== undefined && there.config[MARKS.owner] !== ownerId)
      return {
        kind: 'refused',
        why: `Incus has a ${what} "${there.name}" that this installation has not made; rename or delete it`,
      };
  const other = network?.config[MARKS.project];
  if (other !== undefined && other !== wish.project.name)
    return {
      kind: 'refused',
      why: `this installation has set up project "${other}"; undo that first, with setup --remove and that projectName`,
    };
  return undefined;
}

function remedyFor(maker: string | undefined): string {
  const another = 'name another one as projectName';
  if (!maker) return another;
  return `${another}, or, if the state directory was lost, take it back first: incus-azure-pipelines adopt --owner ${maker}`;
}

function aclSteps(wanted: Acl, there: Acl | undefined): readonly Step[] {
  if (there === undefined) return [{ kind: 'make-acl', acl: wanted }];
  const isSame = sameRules(wanted.egress, there.egress) && sameRules(wanted.ingress, there.ingress);
  return isSame ? [] : [{ kind: 'change-acl', acl: { ...wanted, config: there.config } }];
}

function sameRules(some: readonly Rule[], others: readonly Rule[]): boolean {
  const text = (rules: readonly Rule[]) =>
    rules
      .map(rule =>
        JSON.stringify(
          [rule.action, rule.state, rule.description, rule.destination, rule.protocol, rule.destination_port].map(
            value => value || '',
          ),
        ),
      )
      .toSorted()
      .join('\n');
  return text(some) === text(others);
}

function networkSteps(wanted: Named, there: Named | undefined): readonly Step[] {
  if (there === undefined) return [{ kind: 'make-network', network: wanted }];
  // Incus replaces "auto" by an address of its choice, which then stays.
  const chosen = Object.entries(wanted.config).flatMap(([key, value]) => {
    const current = there.config[key];
    return value === 'auto' && current !== undefined && current !== 'none' ? [[key, current]] : [];
  });
  const config = withKeys(there.config, { ...wanted.config, ...Object.fromEntries(chosen) }, isNetworkKey);
  return sameKeys(config, there.config) ? [] : [{ kind: 'change-network', network: { ...there, config } }];
}

function projectSteps(wanted: Named, there: Named | undefined): readonly Step[] {
  if (there === undefined) return [{ kind: 'make-project', project: wanted }];
  const config = withKeys(there.config, wanted.config, isProjectKey);
  return sameKeys(config, there.config) ? [] : [{ kind: 'change-project', project: { ...there, config } }];
}

function profileSteps({ profile, project }: Wish, there: Profile | undefined): readonly Step[] {
  const config = withKeys(there?.config ?? {}, profile.config, isProfileKey);
  const devices = { ...there?.devices, ...profile.devices };
  const names = new Set([...Object.keys(devices), ...Object.keys(there?.devices ?? {})]);
  const isSame = [...names].every(name => sameKeys(devices[name] ?? {}, there?.devices[name] ?? {}));
  if (isSame && sameKeys(config, there?.config ?? {})) return [];
  return [{ kind: 'change-profile', project: project.name, profile: { config, devices } }];
}

function listenSteps({ httpsAddress, ownerId }: Wish, server: Keys): readonly Step[] {
  if (server[HTTPS_ADDRESS]) return [];
  return [{ kind: 'set-server-keys', keys: { [HTTPS_ADDRESS]: httpsAddress, [MARKS.listens]: ownerId } }];
}

/** The key by which Incus listens on the network. */
export const HTTPS_ADDRESS = 'core.https_address';

function certificateSteps({ certificate, project }: Wish, { fingerprint, trusted }: Found): readonly Step[] {
  const ours = trusted.filter(({ description }) => description === certificate.description);
  const isGood = ours.some(
    one => one.fingerprint === fingerprint && one.restricted && one.projects.join() === project.name,
  );
  if (isGood && ours.length === 1) return [];
  return [
    ...ours.map(one => ({ kind: 'distrust', fingerprint: one.fingerprint, name: certificate.name }) as const),
    { kind: 'make-certificate', ...certificate, project: project.name },
  ];
}

/** What is enough for eight hundred guests. */
const AMPLE_INOTIFY = 8192;

function inotifySteps({ inotify: needed }: Wish, { inotify: { value, before, foreignFile } }: Found): readonly Step[] {
  if (value >= needed || foreignFile !== undefined) return [];
  return [{ kind: 'raise-inotify', from: before ?? value, to: Math.max(AMPLE_INOTIFY, needed) }];
}

function foreignInotify({ inotify: needed }: Wish, { inotify: { value, foreignFile } }: Found): readonly string[] {
  if (value >= needed || foreignFile === undefined) return [];
  return [
    `fs.inotify.max_user_instances is ${value}, and guests need ${needed}; setup leaves ${foreignFile} alone, which somebody has written: raise it there, and call sysctl --system.`,
  ];
}

/** Keys that setup sets or takes back; what else a person has set stays. */
const isProjectKey = (key: string) =>
  key === 'restricted' ||
  key.startsWith('restricted.') ||
  /^limits\.(?:instances|virtual-machines|processes|memory)$/.test(key);
const isNetworkKey = (key: string) => ['ipv4.nat', 'ipv6.dhcp.stateful', 'ipv6.nat'].includes(key);
const isProfileKey = (key: string) => /^limits\.(?:processes|memory)$/.test(key);

/** The keys that are there with those that are wanted, less those of setup's own that are not. */
function withKeys(there: Keys, wanted: Keys, isOwn: (key: string) => boolean): Keys {
  const kept = Object.entries(there).filter(([key]) => key in wanted || !isOwn(key));
  return { ...Object.fromEntries(kept), ...wanted };
}

function sameKeys(some: Keys, others: Keys): boolean {
  const keys = new Set([...Object.keys(some), ...Object.keys(others)]);
  return [...keys].every(key => some[key] === others[key]);
}
