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
    why: 'makes a bridge whose name is for the Incus of the host itself',
    commands: ['incus admin init --auto --storage-backend btrfs --storage-create-loop 50 --storage-pool default'],
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
    ],
  },
  {
    why: 'takes longer than a test may; its options are read as it reads them',
    commands: [
      'npm run simulate -- --worlds 20000',
      'npm run chaos -- --minutes 60',
      'npm run chaos -- --seed 7 --faults kill-daemon,restart-incus --log chaos.log',
      'npm run soak -- --minutes 30',
    ],
  },
  { why: 'asks the public image server', commands: ['incus image export images:ubuntu/24.04 ubuntu-24.04'] },
  { why: 'is for the service of another program', commands: ['systemctl reload prometheus'] },
];
