import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** An image of two programs and the libraries they are linked with, all taken from the guest: nothing is downloaded. */
const build = [
  'set -e',
  'mkdir image && cd image',
  'for program in /usr/bin/bash /usr/bin/cat /usr/bin/perl; do',
  '  cp --parents --dereference $program $(ldd $program | grep --only-matching "/[^ ]*") .',
  'done',
  'cp --parents --recursive /usr/lib/*/perl-base .',
  'printf \'FROM scratch\\nCOPY . /\\nENTRYPOINT ["/usr/bin/bash", "-c"]\\n\' > Dockerfile',
  'docker build --tag programs .',
].join('\n');

const server =
  'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1); while (my $c = $s->accept) { print $c "from the server\\n"; close $c }';
const client = 'until exec 3<>/dev/tcp/server/8080; do read -t 0.2 <> <(:); done; echo "heard $(cat <&3)"';

/** JSON is YAML. */
const services = {
  services: {
    server: {
      image: 'programs',
      pull_policy: 'never',
      entrypoint: ['/usr/bin/perl', '-MIO::Socket', '-e', server.replaceAll('$', '$$$$')],
    },
    client: {
      image: 'programs',
      pull_policy: 'never',
      command: [client.replaceAll('$', '$$$$')],
      depends_on: ['server'],
    },
  },
};
const compose = [
  'mkdir services && cd services',
  `cat > compose.yaml <<'END'\n${JSON.stringify(services)}\nEND`,
  'docker compose up --no-color --abort-on-container-exit --exit-code-from client',
].join('\n');

const steps = [
  { name: 'build', script: build },
  { name: 'run', script: "docker run --rm programs 'echo from a container'" },
  { name: 'compose', script: compose },
  { name: 'look', script: 'docker info --format "store {{.Driver}}"' },
];

describeOnIncus('docker in a job', testbed => {
  async function start(reserve: number): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed(), settings: { agentCount: 1, reserve, docker: true } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  async function expectDocker(scenario: Scenario): Promise<void> {
    const job = await scenario.emulator.queueJob({ steps }).finished;
    expect(
      job.steps.map(({ name, result }) => ({ name, result })),
      job.lines.join('\n'),
    ).toEqual(steps.map(({ name }) => ({ name, result: 'succeeded' })));
    const found = (line: RegExp) => job.lines.filter(text => line.test(text));
    expect(found(/^from a container$/)).toHaveLength(1);
    expect(found(/heard from the server$/)).toHaveLength(1);
    expect(found(/^store overlay2$/)).toHaveLength(1);
  }

  test('builds an image from nothing, runs it, and composes two services of it, after a cold start', async () => {
    const scenario = await start(0);
    await using _daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    await expectDocker(scenario);
  });

  test('does the same in an agent that was activated from the reserve', async () => {
    const scenario = await start(1);
    await using daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    await scenario.emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    await daemon.seen(line => line.msg === 'agent gone');
    await expectDocker(scenario);
  });
});
