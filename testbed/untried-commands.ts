/** Commands of the documents that no test runs, by the reason. */
export const UNTRIED: readonly { readonly why: string; readonly commands: readonly string[] }[] = [
  {
    why: 'installs from the distribution',
    commands: [
      'apt-get update',
      'apt-get install --no-install-recommends nodejs npm',
      'apt-get install --no-install-recommends nodejs npm git dpkg-dev binutils',
      'apt-get install incus-base incus-client btrfs-progs',
    ],
  },
  {
    why: '.ci/run does it, before the tests or with them: it makes what they run on',
    commands: ['npm ci', 'npm run build', 'npm run check', 'npm test'],
  },
  {
    why: 'would run tests within a test; what it names is there',
    commands: [
      'npx vitest run --project unit packages/incus-azure-pipelines/src/plan',
      'npx vitest run --project contract packages/incus-client/test/exec.incus.test.ts',
      "npx vitest run --project e2e test/e2e/main-job.test.ts -t 'each runs in a clean instance'",
      'IAP_CONFINED=1 npx vitest run --project e2e',
      'IAP_OTHER_RELEASE=/opt/before/bundle/main.js npx vitest run --project e2e test/e2e/other-release.test.ts',
      'npx vitest run --project floors --update',
      'npx vitest run --project contract packages/incus-azure-pipelines/src/page',
      'npx vitest run --project contract packages/incus-azure-pipelines/src/contract',
      'npm run test:unit',
    ],
  },
  {
    why: 'takes longer than a test may; its options are read as it reads them',
    commands: [
      'npm run simulate -- --worlds 20000',
      'npm run chaos -- --minutes 60',
      'npm run chaos -- --seed 7 --faults kill-daemon,restart-incus --log chaos.log',
      'npm run soak -- --minutes 30',
      'npm run bench -- --only listening',
      'npm run bench',
    ],
  },
  { why: 'changes the files that the tests are of', commands: ['npm run format'] },
  {
    why: 'opens an editor on a terminal; what is written there, tests write',
    commands: ['systemctl edit incus-azure-pipelines', 'systemctl edit poweroff.target'],
  },
  { why: 'is what a job may call, as much of it as it likes', commands: ['systemctl --user'] },
  { why: 'asks the public image server', commands: ['incus image export images:ubuntu/24.04 ubuntu-24.04'] },
  { why: 'is for the service of another program', commands: ['systemctl reload prometheus'] },
];
