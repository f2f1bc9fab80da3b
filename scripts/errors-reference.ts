import type { AzurePipelinesErrorKind } from 'azure-pipelines-client';
import type { IncusErrorKind } from 'incus-client';
import { EXIT_CODES } from '../packages/incus-azure-pipelines/src/cli/manual.js';
import type { Finding } from '../packages/incus-azure-pipelines/src/doctor/finding.js';
import type { BaseBuildStage } from '../packages/incus-azure-pipelines/src/execute/base/base-build-error.js';
import { ENDS } from '../packages/incus-azure-pipelines/src/model/end.js';

import type { Refusals } from './refusals.js';

/** What tests do wrong, to see that it is told; this page is written from the same. */
export interface SeededErrors {
  /** Configurations that cannot be used, with the messages that they get. */
  readonly files: readonly {
    readonly title: string;
    readonly cases: readonly { readonly name: string; readonly says: readonly string[] }[];
  }[];
  /** What may be wrong around the daemon, with what the doctor finds then. */
  readonly faults: readonly {
    readonly title: string;
    readonly cases: readonly { readonly name: string; readonly finds: readonly Finding[] }[];
  }[];
  /** What verbs say, by the sources. */
  readonly refusals: Refusals;
}

/** Each is named here, or this does not compile. */
const STAGES: Readonly<Record<BaseBuildStage, string>> = {
  launch: 'no instance could be made of the image',
  boot: 'it did not boot, or got no network',
  install: 'what an agent needs could not be installed from the distribution',
  agent: 'the agent could not be put into it',
  provision: 'a provision script failed; its last lines stand there',
  docker: 'docker could not be set up in it',
  contract: 'what the guest contract asks for is not in it',
  clean: 'it could not be cleaned',
  stop: 'it did not stop',
};

const OF_INCUS: Readonly<Record<IncusErrorKind, string>> = {
  'not-found': 'the instance, the image, the profile or the path is not there',
  busy: 'another operation holds the instance',
  'already-so': 'it is in the state already that was asked for',
  conflict: 'the name is taken, or its present state forbids the call',
  'stale-etag': 'it has changed since it was read',
  invalid: 'Incus takes the request for wrong',
  forbidden: 'not trusted, not permitted in this project, or a limit of the project is reached',
  unavailable: 'Incus starts, shuts down, or has lost a member of its cluster',
  unreachable: 'there was no connection, or it broke',
  timeout: 'there was no answer in time',
  failed: 'Incus could not do it for another reason, which stands there',
};

const OF_AZURE: Readonly<Record<AzurePipelinesErrorKind, string>> = {
  credentials: 'the token is refused: a new one is needed',
  forbidden: 'the token is known and lacks the right',
  'not-found': 'the organisation, the agent pool or the agent is not there',
  conflict: 'the name is taken',
  busy: 'the agent cannot be deleted now, most likely since it has a job',
  throttled: 'too many calls; the server said for how long to be silent, which is heeded',
  unavailable: 'the server failed',
  unreachable: 'there was no answer: network, names, certificates',
  timeout: 'there was no whole answer in time',
  invalid: 'the server takes the request for wrong',
  protocol: 'what answers may not be Azure DevOps: a proxy, or a sign-in page',
};

const HEAD = `# What is said when something is wrong

<!-- Written from the words of the program and from what its tests do wrong: change those, then run: npx vitest run --project floors --update -->

Names, numbers and addresses are those of examples. What to look at first stands in [find what is wrong](../how-to/find-what-is-wrong.md)
and in the [README](../../README.md#when-something-is-wrong).`;

/** What is said of whatever may be wrong, in Markdown. */
export function errorsReference({ faults, files, refusals }: SeededErrors): string {
  return [
    HEAD,
    section('Exit codes', 'Of every verb.', ['code', 'means'], EXIT_CODES),
    '## What `doctor` finds',
    'Each of these is made in a test, which sees that it is found and what is said to do.',
    ...faults.map(({ cases, title }) =>
      section(title, '', ['what is wrong', 'it says', 'what to do'], cases.flatMap(faultRows), '###'),
    ),
    section(
      'Why an agent ended',
      'The label `reason` of the metric `iap_deaths_total`. [`logs`](../how-to/operate.md#look) says it in more words.',
      ['reason', 'means'],
      Object.entries(ENDS).map(([reason, means]) => [`\`${reason}\``, means]),
    ),
    section(
      'Why an action failed',
      'The label `reason` of the metric `iap_action_failures_total`; `status` and the journal have the whole sentence. It is tried again, ever more seldom, until it succeeds.',
      ['reason', 'means'],
      [
        ['`storage-full`', 'there is no room in the storage pool'],
        ...named('build-', STAGES),
        ...named('azure-', OF_AZURE),
        ...named('incus-', OF_INCUS),
        ['`other`', 'none of these'],
      ],
    ),
    section(
      'What a verb refuses',
      'With exit code 2. Capitals stand for what differs from call to call, dots for what is worked out. `run` refuses, too, what `doctor` finds red of Incus, its project and an agent pool, in the same words.',
      ['it says'],
      refusals.mistakes.map(sentence => [`\`${sentence}\``]),
    ),
    section(
      'What a verb could not do',
      'With exit code 1: the same call may work later.',
      ['it says'],
      refusals.passing.map(sentence => [`\`${sentence}\``]),
    ),
    '## What is wrong with a configuration',
    'Each begins with the file, the line and the column; `check` and `run` say all of them at once, with exit code 2. `DIR` is the folder of the file.',
    ...files.map(({ cases, title }) => section(title, '', ['what is wrong', 'it says'], cases.map(fileRow), '###')),
  ].join('\n\n');
}

function faultRows({ finds, name }: SeededErrors['faults'][number]['cases'][number]): string[][] {
  return finds.map(({ check, colour, remedy = '', says }, index) => [
    index === 0 ? name : '',
    `${colour} \`${check}\`: \`${says}\``,
    `\`${remedy}\``,
  ]);
}

function fileRow({ name, says }: SeededErrors['files'][number]['cases'][number]): string[] {
  return [name, says.map(message => `\`${message.replace(/^\d+:\d+: /, '')}\``).join('<br>')];
}

function named(prefix: string, meanings: Readonly<Record<string, string>>): string[][] {
  return Object.entries(meanings).map(([word, means]) => [`\`${prefix}${word}\``, means]);
}

function section(
  title: string,
  text: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  level = '##',
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const table = [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
  return [`${level} ${title}`, ...(text === '' ? [] : [text]), table].join('\n\n');
}
