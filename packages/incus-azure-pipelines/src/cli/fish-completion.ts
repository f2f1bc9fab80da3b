import type { CommandShape } from './command-shape.js';
import { type CompletedCommand, type CompletedOption, completedCommands, valueKind } from './completed-commands.js';

/** A script for fish that completes verbs, options, their choices and names of files. */
export function fishCompletion(program: CommandShape): string {
  const { name } = program;
  const commands = completedCommands(program);
  const at = `__${name.replaceAll('-', '_')}_at`;
  const paths = commands.map(({ path }) => path).filter(path => path !== '');
  return `# fish completion for ${name}, as "${name} completion fish" prints it.
function ${at} --description 'Whether the words so far lead to this verb'
    set -l at ''
    for word in (commandline -opc)[2..]
        switch "$at $word"
            case ${paths.map(quoted).join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c ${name} -f
${commands.flatMap(command => linesOf(command).map(line => `complete -c ${name} -n ${quoted(`${at} ${quoted(command.path)}`)} ${line}`)).join('\n')}
`;
}

function linesOf({ options, words }: CompletedCommand): readonly string[] {
  return [
    ...words.map(({ description, name }) => `-a ${name} -d ${quoted(description)}`),
    ...options.map(option => `${namesOf(option)}${followedBy(option)} -d ${quoted(option.description)}`),
  ];
}

function namesOf({ name, names }: CompletedOption): string {
  const short = names.find(one => /^-\w$/.test(one));
  return `-l ${name.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
}

/** What may follow an option: its choices, a file, or whatever a person types. */
function followedBy(option: CompletedOption): string {
  const choices = option.choices.length === 0 ? '' : ` -a ${quoted(option.choices.join(' '))}`;
  return { nothing: '', file: ' -r -F', text: ` -x${choices}` }[valueKind(option)];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
