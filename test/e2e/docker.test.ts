import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startScenario } from '../../testbed/scenario.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** An image of one program and the libraries it is linked with, all taken from the guest: nothing is downloaded. */
const build = [
  'set -e',
  'mkdir image && cd image',
  'cp --parents --dereference /usr/bin/echo $(ldd /usr/bin/echo | grep --only-matching "/[^ ]*") .',
  'printf \'FROM scratch\\nCOPY . /\\nENTRYPOINT ["/usr/bin/echo"]\\n\' > Dockerfile',
  'docker build --tag greeting .',
].join('\n');

describeOnIncus('docker in a job', testbed => {
  test('builds an image from nothing and runs it, on a copy-on-write store', async () => {
    const scenario = await startScenario({ ...testbed(), settings: { agentCount: 1, docker: true } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    await using _daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const steps = [
      { name: 'build', script: build },
      { name: 'run', script: 'docker run --rm greeting from a container' },
      { name: 'look', script: 'docker info --format "store {{.Driver}}"' },
    ];
    const job = await scenario.emulator.queueJob({ steps }).finished;
    expect(job.steps.map(({ name, result }) => ({ name, result }))).toEqual(
      steps.map(({ name }) => ({ name, result: 'succeeded' })),
    );
    expect(job.lines).toContain('from a container');
    expect(job.lines).toContain('store overlay2');
  });
});
