import { connectIncus } from 'incus-client';

/** Everything in an Incus that setup could have made or changed, as plain data. */
export async function dumpIncus(socketPath: string): Promise<unknown> {
  await using root = connectIncus({ connection: { kind: 'unix', socketPath } });
  const { server, certificates, projects } = root;
  const all = await projects.list();
  return {
    projects: all,
    profiles: await Promise.all(all.map(({ name }) => root.withProject(name).profiles.list())),
    instances: await root.instances.list({ allProjects: true }),
    images: await Promise.all(
      all.map(async ({ name }) => (await root.withProject(name).images.list()).map(fingerprintOf)),
    ),
    networks: (await server.networks.list()).filter(({ managed }) => managed),
    acls: await server.networkAcls.list(),
    // Without what uses them: Incus keeps an image unpacked that was used once.
    storagePools: (await server.storagePools.list()).map(({ name, driver, config }) => ({ name, driver, config })),
    certificates: await certificates.list(),
    server: (await server.info()).config,
  };
}

function fingerprintOf({ fingerprint }: { readonly fingerprint: string }): string {
  return fingerprint;
}
