/** How everything that setup has made is taken back, and nothing else. */

import { MARKS } from '../model/marks.js';
import type { Found, Refused, SetupPlan, Step, Wish } from './model.js';
import { HTTPS_ADDRESS, refusal } from './plan-setup.js';

/** Plans the removal. Refuses while the project holds what setup's daemon has not made, or an agent, which may have a job. */
export function planRemoval(wish: Wish, found: Found): SetupPlan {
  const refused = refusal(wish, found) ?? inUse(wish, found);
  if (refused !== undefined) return refused;
  const { project, network, acl, inotify, instances, images, hasFiles } = found;
  const name = wish.project.name;
  const ours = found.trusted.filter(({ description }) => description === wish.certificate.description);
  const listening = stopListening(wish, found, ours.length);
  const steps: readonly Step[] = [
    ...ours.map(one => ({ kind: 'distrust', fingerprint: one.fingerprint, name: wish.certificate.name }) as const),
    ...(hasFiles ? [{ kind: 'delete-files' } as const] : []),
    ...listening.steps,
    ...instances.map(one => ({ kind: 'delete-instance', project: name, name: one.name }) as const),
    ...images.map(one => ({ kind: 'delete-image', project: name, fingerprint: one.fingerprint }) as const),
    ...(project === undefined ? [] : [{ kind: 'delete-project', name } as const]),
    ...(network === undefined ? [] : [{ kind: 'delete-network', name: network.name } as const]),
    ...(acl === undefined ? [] : [{ kind: 'delete-acl', name: acl.name } as const]),
    ...(inotify.before === undefined ? [] : [{ kind: 'restore-inotify', to: inotify.before } as const]),
  ];
  return { kind: 'plan', steps, remarks: listening.remarks };
}

function inUse({ ownerId, project }: Wish, { instances, images }: Found): Refused | undefined {
  const agents = instances.filter(
    ({ config }) => config[MARKS.owner] === ownerId && config[MARKS.baseState] === undefined,
  );
  if (agents.length > 0)
    return {
      kind: 'refused',
      why: `project "${project.name}" holds ${agents.length} agents or their reserve; run "drain --wait" and stop the daemon first`,
    };
  const stranger = instances.find(({ config }) => config[MARKS.owner] !== ownerId);
  if (stranger !== undefined)
    return {
      kind: 'refused',
      why: `project "${project.name}" holds instance "${stranger.name}", which is none of this installation's; delete it first`,
    };
  const image = images.find(({ cached }) => !cached);
  if (image !== undefined)
    return {
      kind: 'refused',
      why: `project "${project.name}" holds image ${image.fingerprint.slice(0, 12)}, which somebody has put there; delete it first`,
    };
  return undefined;
}

/** Incus stops listening where setup made it listen, unless others have come to rely on it. */
function stopListening(
  { ownerId }: Wish,
  { server, trusted }: Found,
  ours: number,
): { readonly steps: readonly Step[]; readonly remarks: readonly string[] } {
  if (server[MARKS.listens] !== ownerId) return { steps: [], remarks: [] };
  const unmark = { [MARKS.listens]: '' };
  if (trusted.length === ours)
    return { steps: [{ kind: 'set-server-keys', keys: { ...unmark, [HTTPS_ADDRESS]: '' } }], remarks: [] };
  const why = `Incus goes on listening on ${server[HTTPS_ADDRESS]}, since it trusts certificates of other clients`;
  return {
    steps: [{ kind: 'set-server-keys', keys: unmark }],
    remarks: [`${why}; stop it with: incus config unset ${HTTPS_ADDRESS}.`],
  };
}
