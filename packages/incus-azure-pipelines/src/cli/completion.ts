import type { CommandShape, OptionShape } from './command-shape.js';

/** Values that are the name of a file, by what the help calls them. */
const FILES: readonly string[] = ['file', 'path'];

/** A script for bash that completes verbs, options, their choices and names of files. */
export function bashCompletion(program: CommandShape): string {
  const commands = below(program, '');
  const func = `_${program.name.replaceAll('-', '_')}`;
  const paths = commands.map(({ path }) => path).filter(path => path !== '');
  return `# bash completion for ${program.name}, as "${program.name} completion bash" prints it.
${func}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path='' words='' n
  for ((n = 1; n < COMP_CWORD; n++)); do
    case "$path \${COMP_WORDS[n]}" in
      ${paths.map(quoted).join(' | ')}) path+=" \${COMP_WORDS[n]}" ;;
    esac
  done
  case "$path" in
    ${commands.map(({ path, words }) => `${quoted(path)}) words='${words.join(' ')}' ;;`).join('\n    ')}
  esac
  case "$path $before" in
    ${commands.flatMap(({ path, options }) => options.map(option => valueCase(path, option))).join('\n    ')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F ${func} ${program.name}
`;
}

interface Completed {
  /** Names of the commands that lead here, each with a space before it. */
  readonly path: string;
  readonly words: readonly string[];
  /** Those that take a value. */
  readonly options: readonly OptionShape[];
}

function below({ commands, options, values }: CommandShape, path: string): readonly Completed[] {
  const words = [
    ...commands.map(({ name }) => name),
    ...values.flatMap(({ choices }) => choices),
    ...options.flatMap(({ names }) => names.filter(name => name.startsWith('--'))),
  ];
  const here = { path, words, options: options.filter(({ value }) => value !== undefined) };
  return [here, ...commands.flatMap(command => below(command, `${path} ${command.name}`))];
}

/** What may follow an option: its choices, a file, or whatever a person types. */
function valueCase(path: string, { choices, names, value = '' }: OptionShape): string {
  const pattern = names.map(name => quoted(`${path} ${name}`)).join(' | ');
  const files = `compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return`;
  return `${pattern}) ${FILES.includes(value) ? files : `words='${choices.join(' ')}'`} ;;`;
}

function quoted(text: string): string {
  return `'${text}'`;
}
