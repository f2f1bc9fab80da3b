import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startScenario } from '../../testbed/scenario.js';
import { anotherOnline, startDaemon } from './waiting.js';

/** Its agent never comes back from its job, so that the wrapper neither says finished nor powers off. */
const HANGING = `set -eu
cd /home/agent
mv run.sh run-once.sh
printf '#!/bin/sh\\n./run-once.sh "$@"\\nexec sleep infinity\\n' > run.sh
chmod 755 run.sh
chown agent: run.sh
`;

describeOnIncus('a guest that hangs after its job', testbed => {
  test("is replaced when Azure shows its job's end, then deregistered, and only then stopped", async () => {
    const settings = { agentCount: 1, powerOffTimeout: '8s' };
    const scenario = await startScenario({ ...testbed(), settings });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const script = join(scenario.directory, 'hanging.sh');
    await writeFile(script, HANGING);
    await scenario.configure({ provisionScripts: [script] });
    const { emulator } = scenario;
    const daemon = startDaemon(scenario);
    const first = await anotherOnline(emulator);
    const job = await emulator.queueJob({ steps: [{ script: 'echo done' }] }).finished;
    expect(job).toMatchObject({ result: 'succeeded', agentName: first });

    const second = await anotherOnline(emulator, first);
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === first);
    // Its end is heard of before the call that brought it has returned.
    await daemon.seen(({ msg, kind, name }) => msg === 'action done' && kind === 'delete-instance' && name === first);
    const deeds = daemon.log.filter(({ msg, name }) => msg === 'action done' && name === first);
    expect(deeds.map(({ kind }) => kind)).toEqual([
      'create-instance',
      'activate-agent',
      'disable-agent',
      'delete-registration',
      'collect-log',
      'delete-instance',
    ]);
    const begun = (its: string, agent: string) =>
      daemon.log.findIndex(({ kind, msg, name }) => msg === 'action started' && kind === its && name === agent);
    expect(begun('create-instance', second)).toBeGreaterThan(0);
    expect(begun('create-instance', second)).toBeLessThan(begun('delete-instance', first));
    expect(await scenario.instanceNames()).not.toContain(first);
    expect(emulator.agents().map(agent => agent.name)).toEqual([second]);
    expect(await daemon.end()).toBe(0);
  });
});
