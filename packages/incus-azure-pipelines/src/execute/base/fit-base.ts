/** What a pool's fittings put into a base. */
import type { Fittings, KernelLimits } from '../../model/fittings.js';
import { AGENT_USER } from '../guest/layout.js';
import { type BaseUnderConstruction, runScriptInBase } from './run-in-base.js';

const DEADLINE_MS = 2 * 60_000;

/** Makes the folder that tasks keep tools in, and gives it and all in it to the agent. First argument: the folder. */
export const toolFolderScript = `#!/bin/bash
set -euo pipefail
mkdir -p -- "$1"
chown -R ${AGENT_USER.uid}:${AGENT_USER.gid} -- "$1"
`;

/** A part of the agent's unit that lets its processes have what the instance allows. */
export function limitsDropIn({ memlock, nofile }: KernelLimits): string {
  const lines = [
    ...(nofile === undefined ? [] : [`LimitNOFILE=${nofile}`]),
    ...(memlock === undefined ? [] : [`LimitMEMLOCK=${memlock === 'unlimited' ? 'infinity' : memlock}`]),
  ];
  return `[Service]\n${lines.join('\n')}\n`;
}

/** Variables of the provision scripts: what fills the folder of tools is told where it is. */
export function scriptVariables({ toolFolder }: Fittings = {}): Readonly<Record<string, string>> {
  return toolFolder === undefined ? {} : { AGENT_TOOLSDIRECTORY: toolFolder };
}

/** Writes the limits of the agent's unit. */
export async function fitLimits({ client, name, signal }: BaseUnderConstruction, { limits }: Fittings): Promise<void> {
  if (limits === undefined) return;
  const folder = '/etc/systemd/system/iap-agent.service.d';
  await client.files.makeDirectory(name, folder, { mode: 0o755 }, { signal });
  await client.files.push(name, `${folder}/limits.conf`, limitsDropIn(limits), { mode: 0o644 }, { signal });
}

/** Makes the folder of tools before the provision scripts fill it, and gives the agent what they have put there. */
export async function fitToolFolder(base: BaseUnderConstruction, { toolFolder }: Fittings): Promise<void> {
  if (toolFolder === undefined) return;
  const script = { path: 'tool-folder', content: toolFolderScript, args: [toolFolder] };
  await runScriptInBase(base, 'provision', `make ${toolFolder}`, script, DEADLINE_MS);
}
