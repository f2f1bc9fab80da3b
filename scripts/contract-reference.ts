import { Answers } from '../packages/incus-azure-pipelines/src/contract/answers.js';
import type { Check } from '../packages/incus-azure-pipelines/src/contract/check.js';
import { CHECKS, STILL_OPEN } from '../packages/incus-azure-pipelines/src/contract/checks.js';
import { EMULATED } from '../packages/incus-azure-pipelines/src/contract/emulated.js';

const HEAD = `# What is relied on of Azure Pipelines

<!-- Written from packages/incus-azure-pipelines/src/contract/checks.ts: change that, then run: npx vitest run --project floors --update -->

What [\`contract\`](../how-to/try-a-real-server.md) asks a server, in this order, and what the emulator answers. *Open* is what is
documented nowhere: there the emulator's answer is our choice. *Told* is what there is nothing to compare of. The checks from
\`job-queued\` to \`job-over\` are made with \`--await-job\` alone.

| check | asks | the emulator answers | what depends on it |
|---|---|---|---|`;

/** The reference of the checks, in Markdown. */
export function contractReference(): string {
  const emulated = new Answers(EMULATED);
  return [
    HEAD,
    ...CHECKS.map(check => row(check, emulated)),
    '',
    '## What stays open',
    '',
    'One agent that runs nothing cannot show this.',
    '',
    '| open | closed by |',
    '|---|---|',
    ...STILL_OPEN.map(([what, how]) => `| ${what} | ${how} |`),
    '',
  ].join('\n');
}

function row(check: Check, emulated: Answers): string {
  const answer = check.reads(emulated) ?? '';
  const mark = check.isOnlyTold ? ', told' : check.isOpen ? ', open' : '';
  return `| \`${check.name}\`${mark} | ${check.asks} | ${check.isOnlyTold ? '' : `\`${answer}\``} | ${check.matters} |`;
}
