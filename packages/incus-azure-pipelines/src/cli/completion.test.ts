import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helpOf, leaves, told } from './told-by-program.js';

const NAME = 'incus-azure-pipelines';

/** Ends what is offered for one line; a line that ends with a space is one whose next word has not begun. */
const END = 'all-is-offered';

/** Asks its own function, as bash does. */
const IN_BASH = `set -eu
source "$0"
compopt() { :; }
for line; do
  read -ra COMP_WORDS <<<"$line"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _incus_azure_pipelines
  printf '%s\\n' "\${COMPREPLY[@]}" ${END}
done`;

/** Has a zsh complete what is typed on its terminal. */
const IN_ZSH = `zmodload zsh/zpty
zpty z "ZDOTDIR=\${(q)0:h} exec zsh -d -i"
for line; do
  zpty -w -n z "$line"$'\\t\\C-X'
  while zpty -r z told; do print -r -- "$told"; [[ $told == *${END}* ]] && break; done
done`;

/** Shows each word that it would offer, and puts none into the line. */
const ZSHRC = `PROMPT=
fpath=($ZDOTDIR $fpath)
autoload -U compinit && compinit -C -d $ZDOTDIR/dump
zstyle ':completion:*' insert-tab false
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- "offered "\${^hits}
  return 0
}
finish() { BUFFER=; print -r -- ${END} }
zle -N finish
bindkey '^I' complete-word '^X' finish
`;

const IN_FISH = `source $argv[1]
for line in $argv[2..]
  complete -C "$line"
  echo ${END}
end`;

interface Shell {
  readonly name: 'bash' | 'zsh' | 'fish';
  /** Where its script lies in a folder. */
  readonly file: string;
  readonly call: readonly string[];
  /** A word that it offers, of a line that it prints. */
  readonly word: RegExp;
}

const shells: readonly Shell[] = [
  { name: 'bash', file: 'bash', call: ['-c', IN_BASH], word: /^(.+)$/ },
  { name: 'zsh', file: `_${NAME}`, call: ['-f', '-c', IN_ZSH], word: /offered (\S+)/ },
  { name: 'fish', file: 'fish', call: ['--no-config', '-c', IN_FISH], word: /^([^\t]+)/ },
];

/** A distribution's shells are there as they are installed; the last two by whoever prepares a host for the tests. */
const isHere = ({ name }: Shell) => spawnSync(name, ['--version']).status === 0;

describe.each(shells)('the completion for $name, where that is installed', shell => {
  const { call, file, name, word } = shell;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'iap-completion-'));
    await writeFile(join(folder, file), await told('completion', name));
    await writeFile(join(folder, '.zshrc'), ZSHRC);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What the real shell offers for each line, whose last word is being typed. */
  async function offered(...lines: readonly string[]): Promise<readonly (readonly string[])[]> {
    const asked = lines.map(line => `${NAME} ${line}`);
    const { stdout } = await promisify(execFile)(name, [...call, join(folder, file), ...asked], { timeout: 25_000 });
    const answers = stdout.split(END).slice(0, lines.length);
    return answers.map(answer =>
      answer
        .split(/\r?\n/)
        .flatMap(line => word.exec(line)?.[1] ?? [])
        .toSorted(),
    );
  }

  it.skipIf(!isHere(shell))('offers the verbs and options that the help lists', async () => {
    const paths = await leaves();
    const helps = await Promise.all([[], ...paths].map(path => helpOf(...path)));
    const [verbs, ...options] = await offered('', '--', ...paths.map(path => `${path.join(' ')} --`));
    expect(verbs?.filter(word => !word.startsWith('--'))).toEqual(helps[0]?.commands.toSorted());
    expect(options).toEqual(helps.map(help => help.options.toSorted()));
  });

  it.skipIf(!isHere(shell))('offers what fits the word that is typed, and nothing where it cannot know', async () => {
    const levels = ['debug', 'error', 'info', 'warn'];
    const lines = ['re', 'base b', 'run --log-level ', 'completion b', 'drain --timeout '];
    expect(await offered(...lines)).toEqual([['resume'], ['build'], levels, ['bash'], []]);
  });

  it.skipIf(!isHere(shell))('offers files where one is asked for', async () => {
    for (const names of await offered('check --config /etc/passw', 'check -c /etc/passw'))
      expect(names).toContainEqual(expect.stringMatching(/^(?:\/etc\/)?passwd$/));
  });
});
