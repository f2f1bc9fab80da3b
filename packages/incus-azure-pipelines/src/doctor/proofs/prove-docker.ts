/** Has docker in a guest build, run, build in stages and compose. */
import { type Attack, carryOut } from '../attacks/attack.js';
import { buildScript, buildxScript, composeScript, driverScript, runScript } from './docker-scripts.js';
import { judgeAttack } from './judge-attack.js';
import { type Trial, untried } from './proof.js';
import type { ProofScene } from './scene.js';

const REMEDY = 'see journalctl -u docker in a guest ("shell"); a recent Incus and kernel may be needed for nesting';
const SECONDS = 60;

/** In their order; the last two shall not fail where there is no such plugin. */
export const dockerTrials: readonly Attack[] = [
  {
    fact: 'docker answers in a guest',
    script: `until docker info >/dev/null 2>&1; do sleep 0.5; done; ${driverScript}`,
    shows: /^store \S+/m,
  },
  { fact: 'docker builds an image from nothing', script: `${buildScript} && echo built`, shows: /^built$/m },
  { fact: 'docker runs a container of it', script: runScript, shows: /^from a container$/m },
  { fact: 'docker builds on it in stages, by buildx', script: buildxScript, shows: /^from a stage$/m },
  {
    fact: 'docker composes two services of it',
    script: `docker compose version && ${composeScript}`,
    shows: /heard from the server/,
  },
];

/** Tries it in the victim, whose memory is its own. */
export async function proveDocker({ hasDocker, incus, signal, spec, victim }: ProofScene): Promise<readonly Trial[]> {
  const facts = dockerTrials.map(({ fact }) => fact);
  if (!spec.base.docker) return untried(facts, 'the pool wants no docker');
  if (!hasDocker) return untried(facts, 'docker is not in the base');
  const scripts = dockerTrials.map(({ script }) => `mkdir --parents /root/proof && cd /root/proof\n${script}`);
  const printed = await carryOut(incus, victim, scripts, { seconds: SECONDS, signal });
  return dockerTrials.map((trial, n) => judgeAttack(trial, printed[n] ?? '', REMEDY));
}
