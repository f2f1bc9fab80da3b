import type { CommandShape, OptionShape } from './command-shape.js';

/** What each exit code means; what the definition of the program does not say. */
export const EXIT_CODES = [
  ['0', 'Done.'],
  [
    '1',
    'Failed, and may work later: Incus or Azure did not answer, or Azure refuses an agent pool that this installation has worked with.',
  ],
  ['2', 'A mistake that somebody has to mend: the call, the file, the token, the agent pool, the Incus project.'],
] as const;
const FILES = [
  ['/etc/incus-azure-pipelines/config.yaml', 'The configuration, unless another is named.'],
  ['/run/incus-azure-pipelines/control.sock', 'The control socket of the daemon, unless another is named.'],
  ['/var/lib/incus-azure-pipelines', 'The state directory, unless the configuration names another.'],
] as const;

/** The manual page, in the macros of man(7). */
export function manualPage(program: CommandShape, version: string): string {
  const { name, description } = program;
  return `${[
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `.B ${roff(name)}`,
    '.I verb',
    '[options]',
    '.SH DESCRIPTION',
    roff(
      'Keeps a pool of self-hosted agents, each in an unprivileged Incus system container that runs one job, powers itself off and is replaced.',
    ),
    ...program.options.flatMap(optionLines),
    '.SH VERBS',
    ...program.commands.flatMap(command => verbLines(command)),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, text]) => termLines(code, text)),
    '.SH FILES',
    ...FILES.flatMap(([path, text]) => termLines(path, text)),
    '.SH SEE ALSO',
    '.BR incus (1),',
    '.BR systemctl (1),',
    '.BR journalctl (1)',
  ].join('\n')}\n`;
}

function verbLines(command: CommandShape, above = ''): readonly string[] {
  if (command.commands.length > 0)
    return command.commands.flatMap(below => verbLines(below, `${above}${command.name} `));
  return [
    `.SS "${roff(above + command.usage)}"`,
    roff(sentence(command.description)),
    ...command.values.flatMap(({ name, description }) => termLines(name, sentence(description))),
    ...command.options.filter(({ names }) => !names.includes('--help')).flatMap(optionLines),
  ];
}

function optionLines({ description, flags }: OptionShape): readonly string[] {
  return termLines(flags, sentence(description));
}

function termLines(term: string, text: string): readonly string[] {
  return ['.TP', `.B ${roff(term)}`, roff(text)];
}

function sentence(text: string): string {
  return text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

/** Text as it is: no macro at the beginning of a line, no escape, and hyphens that can be copied. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/^(?=[.'])/, '\\&');
}
