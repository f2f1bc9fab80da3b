import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { contractCheck } from './contract-check.js';
import { mirrorScript } from './mirror-script.js';
import { cleanScript, installPackages, installScript, librariesScript, tmpMount, waitForBoot } from './recipe.js';

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

describe('the packages of a base', () => {
  /** Runs it with an apt that has these, and gives back the packages that it was to install and what is said besides. */
  function install(
    wanted: { packages?: readonly string[]; optional?: readonly string[] },
    has: readonly string[] | 'no answer',
  ) {
    const list = (names: readonly string[] = []) => names.map(name => `'${name}'`).join(' ');
    const offered = has === 'no answer' ? [] : has;
    const ran = spawnSync('bash', ['-s'], {
      encoding: 'utf8',
      input: `set -euo pipefail
packages=(${list(wanted.packages)})
optional=(${list(wanted.optional)})
apt-get() {
  local all="$*"
  case $all in
    *update) ${has === 'no answer' ? 'return 100' : 'return 0'} ;;
    *) echo "installs \${all##*--no-install-recommends }" ;;
  esac
}
apt-cache() {
  case " ${offered.join(' ')} " in *" $2 "*) echo '  Candidate: 1.0' ;; *) echo '  Candidate: (none)' ;; esac
}
${installPackages}
echo done`,
    });
    expect(ran.stderr).toBe('');
    return [...ran.stdout.split('\n').filter(Boolean), ...(ran.status === 0 ? [] : [`code ${ran.status}`])];
  }

  const compose = 'docker-compose-v2 docker-compose';

  test('are installed where nothing but an optional one is missing', () => {
    expect(install({ optional: ['docker-buildx docker-buildx-plugin'] }, ['docker-buildx-plugin'])).toEqual([
      'installs docker-buildx-plugin',
      'done',
    ]);
  });

  test('are the first by the names that they have, each in one go', () => {
    const has = ['docker.io', 'docker-compose', 'docker-compose-v2'];
    expect(install({ packages: ['docker-cli docker.io'], optional: [compose] }, has)).toEqual([
      'installs docker.io docker-compose-v2',
      'done',
    ]);
  });

  test('are left out and told of, where they are optional and no source has them', () => {
    const says = 'The base is made without docker-compose-v2 and docker-compose, since no source of packages has it.';
    expect(install({ packages: ['git'], optional: [compose] }, ['git'])).toEqual([says, 'installs git', 'done']);
    expect(install({ optional: [compose] }, [])).toEqual([says, 'done']);
  });

  test('that are optional keep no base from being made where no source answers, and those that are not do', () => {
    expect(install({ optional: [compose] }, 'no answer')).toEqual([
      'The base is made without docker-compose-v2 and docker-compose, since the sources of packages cannot be read.',
      'done',
    ]);
    expect(install({ packages: ['git'], optional: [compose] }, 'no answer')).toEqual(['code 100']);
  });

  test('need no source where none is wanted', () => {
    expect(install({}, 'no answer')).toEqual(['done']);
  });
});
