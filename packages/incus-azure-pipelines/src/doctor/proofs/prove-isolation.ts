/** Attacks from inside a throw-away guest: the kernel, the host, and another such guest. */
import { type Attack, carryOut } from '../attacks/attack.js';
import { devices, settings, views } from '../attacks/kernel.js';
import { quotas } from '../attacks/shared-kernel.js';
import { judgeAttack } from './judge-attack.js';
import { hasOwnIds } from './judge-ids.js';
import { type Trial, untried } from './proof.js';
import { proveApart } from './prove-apart.js';
import type { ProofScene } from './scene.js';
import { trySteps } from './try-steps.js';

const kernelAttacks = [...devices, ...settings, ...views];
const QUOTA_FACTS = quotas.map(({ fact }) => fact);
const SHARED = 'guests share their user ids here, and with them the quota that would be taken from jobs of others';
const REMEDY = 'update the kernel and Incus, and have no jobs of strangers on this host until that holds';

/** All of it; what could not be tried is told with its reason. */
export async function proveIsolation(scene: ProofScene): Promise<readonly Trial[]> {
  const steps = [
    {
      facts: kernelAttacks.map(({ fact }) => fact.replace(/^open: /, '')),
      attempt: () => attack(scene, kernelAttacks),
    },
    { facts: QUOTA_FACTS, attempt: () => proveQuotas(scene) },
  ];
  return [...(await trySteps(steps, scene.signal)), ...(await proveApart(scene))];
}

async function attack({ attacker, incus, signal }: ProofScene, attacks: readonly Attack[]): Promise<readonly Trial[]> {
  const scripts = attacks.map(({ script }) => script);
  const printed = await carryOut(incus, attacker, scripts, { signal });
  return attacks.map((one, n) => judgeAttack(one, printed[n] ?? '', REMEDY));
}

/** The kernel counts for each user id of the host: what is taken with one that others have, too, their jobs lack meanwhile. */
async function proveQuotas(scene: ProofScene): Promise<readonly Trial[]> {
  const { attacker, incus, signal } = scene;
  const hasOwn = hasOwnIds(attacker, await incus.instances.list({ signal }));
  return hasOwn ? await attack(scene, quotas) : untried(QUOTA_FACTS, SHARED);
}
