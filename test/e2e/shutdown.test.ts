import { readFile } from 'node:fs/promises';
import { connectIncus, type IncusClient, ignoreNotFound } from 'incus-client';
import { expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { told } from '../../testbed/told-commands.js';

const NAME = 'shutdown-of-a-host';
const UNIT = 'incus-azure-pipelines-shutdown.service';
const UNITS = '/etc/systemd/system';

/** Stands for the program: notes its arguments, and that it was given the time to end. */
const program = `#!/bin/bash
echo "began: $*" >>/order
[ "$1" = run ] && exec sleep infinity
sleep 1
echo "ended: $1" >>/order
`;

/** Stands for a service of Incus or for the daemon: notes when it is stopped. */
function standIn(name: string): string {
  return `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/bash -c 'echo "stopped: ${name}" >>/order'
[Install]
WantedBy=multi-user.target
`;
}

describeOnIncus('the unit for a shutdown', testbed => {
  test('waits for the drain while the daemon and Incus still run, and is bounded', async () => {
    const { image, socketPath } = testbed();
    await using incus = connectIncus({ connection: { kind: 'unix', socketPath } });
    await using lifecycle = await recordLifecycle(incus);
    try {
      await incus.instances.create({
        name: NAME,
        type: 'container',
        start: true,
        source: { type: 'image', alias: image },
      });
      await run(incus, 'systemctl is-system-running --wait || true');
      const unit = await readFile(new URL(`../../deploy/${UNIT}`, import.meta.url), 'utf8');
      await incus.files.push(NAME, `${UNITS}/${UNIT}`, unit);
      await incus.files.push(NAME, '/usr/local/bin/incus-azure-pipelines', program, { mode: 0o755 });
      const others = ['incus', 'incus-startup', 'incus-azure-pipelines'];
      for (const name of others) await incus.files.push(NAME, `${UNITS}/${name}.service`, standIn(name));
      expect(await run(incus, `systemd-analyze verify ${UNITS}/${UNIT} 2>&1`)).toBe('');
      await run(incus, `systemctl daemon-reload && systemctl enable --now ${others.join(' ')} 2>&1`);
      await run(incus, told('docs/how-to/operate.md#empty-a-pool-or-the-host', 1).script());
      expect(await run(incus, `cat /order 2>/dev/null || true`)).toBe('');

      await run(incus, 'systemctl poweroff');
      await lifecycle.seen('instance-shutdown', NAME);
      const order = (await textOf(incus, '/order')).trim().split('\n');
      expect(order.slice(0, 2)).toEqual(['began: drain --until-boot --wait --timeout 25m', 'ended: drain']);
      expect(order.slice(2).sort()).toEqual(others.map(name => `stopped: ${name}`).sort());
    } finally {
      await incus.instances.stop(NAME, { force: true }).catch(() => undefined);
      await ignoreNotFound(incus.instances.delete(NAME));
    }
  });
});

async function run(incus: IncusClient, script: string): Promise<string> {
  const { stdout } = await incus.exec(NAME, { command: ['/bin/bash', '-c', script] });
  return stdout;
}

async function textOf(incus: IncusClient, path: string): Promise<string> {
  const file = await incus.files.pull(NAME, path);
  return file.type === 'file' ? new TextDecoder().decode(file.content) : '';
}
