import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { MARKS } from '../../model/marks.js';
import { collectCommand } from './collect.js';
import { enabledUnits, guestFiles } from './files.js';

const checker = 'shellcheck';
const hasChecker = spawnSync(checker, ['--version']).status === 0;
const scripts = guestFiles.filter(file => file.path.startsWith('/usr/local/lib/iap/'));
const units = guestFiles.filter(file => file.path.startsWith('/etc/systemd/system/'));

describe('the guest files', () => {
  test.each(scripts)('$path is bash that parses', file => {
    const parsed = spawnSync('bash', ['-n'], { input: file.content, encoding: 'utf8' });
    expect(parsed.stderr).toBe('');
    expect(parsed.status).toBe(0);
  });

  test.skipIf(!hasChecker).each(scripts)('$path pleases shellcheck, where it is installed', file => {
    const checked = spawnSync(checker, ['--shell=bash', '--exclude=SC1091,SC2154', '-'], {
      input: file.content,
      encoding: 'utf8',
    });
    expect(checked.stdout).toBe('');
    expect(checked.status).toBe(0);
  });

  test('the command that collects logs is bash that parses', () => {
    expect(collectCommand.slice(0, 2)).toEqual(['bash', '-c']);
    const parsed = spawnSync('bash', ['-n'], { input: collectCommand[2], encoding: 'utf8' });
    expect(parsed.stderr).toBe('');
  });

  test('every script that a unit starts is among them and may be executed', () => {
    const started = units.flatMap(unit => [...unit.content.matchAll(/^ExecStart=(\S+)/gm)].map(match => match[1]));
    expect(started).toHaveLength(4);
    for (const path of started) {
      expect(guestFiles.find(file => file.path === path)?.mode).toBe(0o755);
    }
  });

  test('the scripts read the keys that the host writes', () => {
    const script = (name: string) => guestFiles.find(file => file.path.endsWith(`/${name}`))?.content;
    for (const key of [MARKS.server, MARKS.activated]) expect(script('prepared')).toContain(`instance_key ${key})`);
    expect(script('untold')).toContain(`instance_key ${MARKS.activated})`);
  });

  test('every enabled unit is among them and says what wants it', () => {
    for (const name of enabledUnits) {
      const unit = units.find(file => file.path.endsWith(`/${name}`));
      expect(unit?.content).toContain('WantedBy=multi-user.target');
    }
  });

  test('the machine goes whichever way its agent or its registration ends', () => {
    const agent = units.find(file => file.path.endsWith('/iap-agent.service'));
    expect(agent?.content).toMatch(/^SuccessAction=poweroff-force$/m);
    expect(agent?.content).toMatch(/^FailureAction=poweroff-force$/m);
    const register = units.find(file => file.path.endsWith('/iap-register.service'));
    expect(register?.content).toMatch(/^FailureAction=poweroff-force$/m);
  });
});
