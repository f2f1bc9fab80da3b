import type { CommandShape, OptionShape } from './command-shape.js';
import { type CompletedWord, completedCommands, valueKind } from './completed-commands.js';

/** A script for zsh that completes verbs, options, their choices and names of files: to be sourced, or found in `fpath`. */
export function zshCompletion(program: CommandShape): string {
  const { name } = program;
  const commands = completedCommands(program);
  const func = `_${name.replaceAll('-', '_')}`;
  const paths = commands.map(({ path }) => path).filter(path => path !== '');
  return `#compdef ${name}
# zsh completion for ${name}, as "${name} completion zsh" prints it.
${func}() {
  local at='' word
  local -a verbs options
  for word in \${words[2,CURRENT-1]}; do
    case "$at $word" in
      ${paths.map(quoted).join(' | ')}) at+=" $word" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
    ${commands.flatMap(({ options, path }) => options.flatMap(option => valueCase(path, option))).join('\n    ')}
  esac
  case "$at" in
    ${commands.map(({ options, path, words }) => `${quoted(path)}) verbs=(${told(words)}) options=(${told(options)}) ;;`).join('\n    ')}
  esac
  _describe -t verbs verb verbs
  _describe -o -t options option options
}
if [[ $funcstack[1] == _${name} ]]; then
  ${func} "$@"
else
  compdef ${func} ${name}
fi
`;
}

/** What may follow an option: its choices, a file, or whatever a person types. */
function valueCase(path: string, option: OptionShape): readonly string[] {
  const kind = valueKind(option);
  if (kind === 'nothing') return [];
  const pattern = option.names.map(name => quoted(`${path} ${name}`)).join(' | ');
  const choices = option.choices.length === 0 ? '' : `compadd -- ${option.choices.join(' ')}; `;
  return [`${pattern}) ${kind === 'file' ? '_files; ' : choices}return ;;`];
}

/** A word ends where its description begins: at a colon. */
function told(words: readonly CompletedWord[]): string {
  return words.map(({ description, name }) => quoted(`${name}:${description}`)).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
