/** Attacks from inside a throw-away guest: the kernel, the host, and another such guest. */
import { carryOut } from '../attacks/attack.js';
import { devices, settings, views } from '../attacks/kernel.js';
import { quotas } from '../attacks/shared-kernel.js';
import { settled } from '../fact-of.js';
import { judgeAttack } from './judge-attack.js';
import { type Trial, untried } from './proof.js';
import { proveApart } from './prove-apart.js';
import type { ProofScene } from './scene.js';

const kernelAttacks = [...devices, ...settings, ...views, ...quotas];
const REMEDY = 'update the kernel and Incus, and have no jobs of strangers on this host until that holds';

/** All of it; what could not be tried is told with its reason. */
export async function proveIsolation(scene: ProofScene): Promise<readonly Trial[]> {
  return [...(await proveKernel(scene)), ...(await proveApart(scene))];
}

async function proveKernel({ attacker, incus, signal }: ProofScene): Promise<readonly Trial[]> {
  const scripts = kernelAttacks.map(({ script }) => script);
  const printed = await settled(carryOut(incus, attacker, scripts, { signal }));
  signal.throwIfAborted();
  if (!printed.known)
    return untried(
      kernelAttacks.map(({ fact }) => fact.replace(/^open: /, '')),
      printed.error,
    );
  return kernelAttacks.map((attack, n) => judgeAttack(attack, printed.value[n] ?? '', REMEDY));
}
