import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { callProgram } from './program.js';

async function told(...args: readonly string[]): Promise<string> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  expect(await callProgram(args, { write, complain: write })).toBe(0);
  return text;
}

/** The commands and the options that the help of a command lists. */
async function helpOf(...path: readonly string[]) {
  const help = await told(...path, '--help');
  const [, commands = ''] = help.split('\nCommands:\n');
  const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(match => match[1] ?? '');
  return {
    commands: [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(match => match[1] ?? '').filter(name => name !== 'help'),
    options,
  };
}

/** Every command that does something, by its words. */
async function leaves(...path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { commands } = await helpOf(...path);
  if (commands.length === 0) return [path];
  return (await Promise.all(commands.map(name => leaves(...path, name)))).flat();
}

describe('the completion for bash', () => {
  let script: string;
  beforeAll(async () => {
    script = await told('completion', 'bash');
  });

  /** What a real bash offers behind these words, the last of which is being typed. */
  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const ask = `set -eu
${script}
compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _incus_azure_pipelines; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', ask, 'bash', 'incus-azure-pipelines', ...words]);
    return stdout.split('\n').filter(line => line !== '');
  }

  it('offers the verbs and options that the help lists', async () => {
    for (const path of [[], ...(await leaves())]) {
      const { commands, options } = await helpOf(...path);
      const words = await offered(...path, '');
      expect(words.filter(word => word.startsWith('--')).sort(), path.join(' ')).toEqual([...options].sort());
      if (path.length === 0) expect(words.filter(word => !word.startsWith('--'))).toEqual(commands);
    }
  });

  it('offers what begins as the word that is typed', async () => {
    expect(await offered('re')).toEqual(['resume']);
    expect(await offered('base', 'b')).toEqual(['build']);
  });

  it('offers the choices of an option, and of an argument', async () => {
    expect(await offered('run', '--log-level', '')).toEqual(['debug', 'info', 'warn', 'error']);
    expect(await offered('completion', 'b')).toEqual(['bash']);
  });

  it('offers files where a file is asked for, and nothing where it cannot know', async () => {
    expect(await offered('check', '--config', '/etc/passw')).toContain('/etc/passwd');
    expect(await offered('check', '-c', '/etc/passw')).toContain('/etc/passwd');
    expect(await offered('drain', '--timeout', '')).toEqual([]);
  });
});

describe('the manual page', () => {
  it('has each verb with its options, and the exit codes', async () => {
    const page = await told('manual');
    const verbs = page.slice(page.indexOf('.SH VERBS')).split('\n.SS ');
    for (const path of await leaves()) {
      const verb = verbs.find(text => text.startsWith(`"${path.join(' ')} `) || text.startsWith(`"${path.join(' ')}"`));
      const bare = verb?.replaceAll('\\-', '-');
      for (const option of (await helpOf(...path)).options.filter(name => name !== '--help'))
        expect(bare, path.join(' ')).toContain(option);
      expect(verb).toBeDefined();
    }
    expect(page).toMatch(/^\.TH INCUS-AZURE-PIPELINES 1 "" "incus-azure-pipelines \d+\.\d+\.\d+" "User Commands"\n/);
    expect(page).toMatch(/^\.SH EXIT STATUS\n\.TP\n\.B 0\n/m);
  });

  it('takes no text for a macro', async () => {
    const macros = new Set((await told('manual')).split('\n').flatMap(line => /^[.']\S*/.exec(line) ?? []));
    expect([...macros].sort()).toEqual(['.B', '.BR', '.I', '.SH', '.SS', '.TH', '.TP']);
  });
});
