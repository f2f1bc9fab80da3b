import type { CommandShape, OptionShape } from './command-shape.js';
import { completedCommands, valueKind } from './completed-commands.js';

/** A script for bash that completes verbs, options, their choices and names of files. */
export function bashCompletion(program: CommandShape): string {
  const commands = completedCommands(program);
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
    ${commands.map(({ options, path, words }) => `${quoted(path)}) words='${[...words, ...options].map(({ name }) => name).join(' ')}' ;;`).join('\n    ')}
  esac
  case "$path $before" in
    ${commands.flatMap(({ options, path }) => options.flatMap(option => valueCase(path, option))).join('\n    ')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F ${func} ${program.name}
`;
}

/** What may follow an option: its choices, a file, or whatever a person types. */
function valueCase(path: string, option: OptionShape): readonly string[] {
  const { choices, names } = option;
  const kind = valueKind(option);
  if (kind === 'nothing') return [];
  const pattern = names.map(name => quoted(`${path} ${name}`)).join(' | ');
  const files = `compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return`;
  return [`${pattern}) ${kind === 'file' ? files : `words='${choices.join(' ')}'`} ;;`];
}

function quoted(text: string): string {
  return `'${text}'`;
}
