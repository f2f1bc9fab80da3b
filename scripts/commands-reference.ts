import type { CommandShape } from '../packages/incus-azure-pipelines/src/cli/command-shape.js';

const HEAD = `# Commands

<!-- Written from the program's definition: change that, then run: npx vitest run --project floors --update -->

Every verb with all that it takes. What the verbs are for stands in the [README](../../README.md#verbs), with the exit codes.
\`incus-azure-pipelines manual\` prints the same for man.
`;

/** The reference of the command line, in Markdown. */
export function commandsReference(program: CommandShape): string {
  return [HEAD, ...program.commands.flatMap(command => sections(command, program.name))].join('\n');
}

function sections(command: CommandShape, above: string): readonly string[] {
  if (command.commands.length > 0)
    return command.commands.flatMap(below => sections(below, `${above} ${command.name}`));
  const title = `${above} ${command.name}`.split(' ').slice(1).join(' ');
  const rows = [
    ...command.values.map(({ name, description }) => [name, description]),
    ...command.options.filter(({ names }) => !names.includes('--help')).map(row => [row.flags, row.description]),
  ].map(([term = '', text = '']) => `| \`${term}\` | ${text.replaceAll('|', '\\|')} |`);
  const table = rows.length === 0 ? [] : ['| takes | which means |', '|---|---|', ...rows, ''];
  return [`## ${title}`, '', `\`${above} ${command.usage}\``, '', sentence(command.description), '', ...table];
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}
