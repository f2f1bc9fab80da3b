import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startScenario } from '../../testbed/scenario.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, startDaemon } from './waiting.js';

/**
 * Makes two packages. One holds the lock for a minute while it is installed, which is what the daily service of this base
 * would do right after each boot.
 */
const PROVISION = `set -e
package() {
  mkdir -p "/srv/$1/DEBIAN"
  printf 'Package: %s\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody\\nDescription: %s\\n' "$1" "$1" >"/srv/$1/DEBIAN/control"
  printf '#!/bin/sh\\n%s\\n' "$2" >"/srv/$1/DEBIAN/preinst"
  chmod 755 "/srv/$1/DEBIAN/preinst"
  dpkg-deb --build "/srv/$1" "/srv/$1.deb"
}
package iap-quick true
package iap-slow 'sleep 60'
mkdir -p /etc/systemd/system/apt-daily.timer.d /etc/systemd/system/apt-daily.service.d
printf '[Timer]\\nOnCalendar=\\nOnBootSec=0\\nRandomizedDelaySec=0\\n' >/etc/systemd/system/apt-daily.timer.d/now.conf
printf '[Service]\\nExecCondition=\\nExecStartPre=\\nExecStart=\\nExecStart=/usr/bin/dpkg --install /srv/iap-slow.deb\\n' \\
  >/etc/systemd/system/apt-daily.service.d/slow.conf
`;
const AGENTS = 20;
/** What would hold the lock of packages by itself. */
const LOCKERS = [
  'apt-daily.timer',
  'apt-daily.service',
  'apt-daily-upgrade.timer',
  'apt-daily-upgrade.service',
  'unattended-upgrades.service',
];

describeOnIncus('the system in a guest', testbed => {
  test('is running as a whole, with sessions of its users', async () => {
    const scenario = await startWithBase({ ...testbed(), settings: { agentCount: 1, docker: true } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    await using _daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const steps = [
      { name: 'system', script: 'echo "system $(systemctl is-system-running)"; systemctl --failed --no-legend' },
      { name: 'loginctl', script: 'loginctl list-users --no-legend' },
      { name: 'user manager', script: 'echo "manager $(systemctl --user is-system-running)"' },
      { name: 'user unit', script: 'systemd-run --user --wait --collect --quiet true' },
      {
        name: 'session',
        script: 'sudo systemd-run --quiet --pipe --wait -p PAMName=login -p User=agent loginctl list-sessions',
      },
      { name: 'tools', script: 'git --version && docker compose version && curl --version' },
      { name: 'locks', script: `systemctl is-enabled ${LOCKERS.join(' ')} | uniq --count` },
    ];
    const job = await scenario.emulator.queueJob({ steps }).finished;
    expect(job.steps.map(({ name, result }) => ({ name, result }))).toEqual(
      steps.map(({ name }) => ({ name, result: 'succeeded' })),
    );
    expect(job.lines).toEqual(
      expect.arrayContaining([
        'system running',
        'manager running',
        expect.stringMatching(/^ *1100 agent\b/),
        expect.stringMatching(new RegExp(`^ *${LOCKERS.length} masked$`)),
      ]),
    );
  });

  test(`lets ${AGENTS} fresh agents install a package with their first command`, { timeout: 420_000 }, async () => {
    const scenario = await startScenario({ ...testbed(), settings: { agentCount: AGENTS } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const path = join(scenario.directory, 'packages.sh');
    await writeFile(path, PROVISION);
    await scenario.configure({ provisionScripts: [path] });
    await using _daemon = startDaemon(scenario);
    const steps = [{ script: 'sudo apt-get install --yes /srv/iap-quick.deb' }];
    await agentsOnline(scenario.emulator, AGENTS);
    const queued = Array.from({ length: AGENTS }, (_, n) => scenario.emulator.queueJob({ name: `job ${n}`, steps }));
    const jobs = await Promise.all(queued.map(job => job.finished));
    expect(jobs.map(job => job.result)).toEqual(jobs.map(() => 'succeeded'));
    expect(new Set(jobs.map(job => job.agentName)).size).toBe(AGENTS);
    for (const { lines } of jobs) {
      expect(lines.join('\n')).toContain('Setting up iap-quick (1)');
      expect(lines.join('\n')).not.toMatch(/lock/i);
    }
  });
});
