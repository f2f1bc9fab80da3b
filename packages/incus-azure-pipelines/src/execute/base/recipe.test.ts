import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { contractCheck } from './contract-check.js';
import { mirrorScript } from './mirror-script.js';
import { cleanScript, installScript, librariesScript, tmpMount, waitForBoot } from './recipe.js';

const checker = 'shellcheck';
const hasChecker = spawnSync(checker, ['--version']).status === 0;

/** With what a shell would take for its own. */
const MIRROR = {
  url: "http://mirror.example/it's",
  securityUrl: 'https://security.example/a&b;#c',
  suites: ['noble'],
  components: ['main', 'universe'],
  key: 'lines\nof "a" key\n',
};

const scripts = [
  { name: 'waitForBoot', shell: 'sh', text: waitForBoot },
  { name: 'installScript', shell: 'bash', text: installScript },
  { name: 'librariesScript', shell: 'bash', text: librariesScript },
  { name: 'cleanScript', shell: 'bash', text: cleanScript },
  { name: 'mirrorScript', shell: 'bash', text: mirrorScript(MIRROR) },
  { name: 'contractCheck', shell: 'bash', text: contractCheck },
];

describe('the recipe of a base', () => {
  test.each(scripts)('$name parses', ({ shell, text }) => {
    const parsed = spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' });
    expect(parsed.stderr).toBe('');
    expect(parsed.status).toBe(0);
  });

  test.skipIf(!hasChecker).each(scripts)('$name pleases shellcheck, where it is installed', ({ shell, text }) => {
    const checked = spawnSync(checker, [`--shell=${shell}`, '-'], { input: text, encoding: 'utf8' });
    expect(checked.stdout).toBe('');
    expect(checked.status).toBe(0);
  });

  test.each([
    [{ ...MIRROR, securityUrl: undefined, suites: undefined }, true],
    [MIRROR, true],
    [{ ...MIRROR, securityUrl: undefined }, false],
  ])('names no suites of an image that does not say its release', (mirror, isRefused) => {
    const text = mirrorScript(mirror).replace('. /etc/os-release', 'ID=some').replaceAll('/etc/apt', '"$folder"');
    const input = `folder=$(mktemp -d)\ntrap 'rm -r "$folder"' EXIT\n${text}`;
    const ran = spawnSync('bash', ['-s'], {
      input: input.replace('rm -rf /var/lib/apt/lists/*', ''),
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(isRefused ? 1 : 0);
    expect(ran.stdout.includes('name all suites of aptMirror, and no securityUrl')).toBe(isRefused);
  });

  test('gives /tmp the size that was asked for', () => {
    expect(tmpMount(12 * 1024 ** 3)).toContain('size=12884901888\n');
  });
});
