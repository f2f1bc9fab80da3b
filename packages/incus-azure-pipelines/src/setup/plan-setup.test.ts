import { describe, expect, it } from 'vitest';
import { after, aHost, aSpec, aWish, NOTHING, stepsOf } from '../../test/setup-examples.js';
import { aPool } from '../../test/simulation/examples.js';
import type { Found, Wish } from './model.js';
import { planSetup } from './plan-setup.js';
import { wishOf } from './wish.js';

/** Guests with addresses of both families, and of IPv6 alone. */
const BOTH = { allow: [], ipv4: true, ipv6: true, address: undefined };
const IPV6_ALONE = { ...BOTH, ipv4: false };

const kinds = (wish: Wish, found: Found) => stepsOf(planSetup(wish, found)).map(({ kind }) => kind);

/** Incus once a wish has come true. */
function made(wish: Wish, found = NOTHING): Found {
  return after(found, stepsOf(planSetup(wish, found)));
}

describe('setup', () => {
  it('makes everything in an Incus that has nothing of it, what others need first', () => {
    expect(kinds(aWish(), NOTHING)).toEqual([
      'make-acl',
      'make-network',
      'make-project',
      'change-profile',
      'set-server-keys',
      'make-certificate',
    ]);
  });

  it.each([{}, { network: BOTH }, { network: IPV6_ALONE }, { pools: [aPool(), aPool({ name: 'two' })] }])(
    'changes nothing the second time, with %j',
    spec => {
      const wish = aWish(spec);
      expect(kinds(wish, made(wish))).toEqual([]);
    },
  );

  it('makes again what somebody has deleted, and nothing else', () => {
    const found = made(aWish());
    expect(kinds(aWish(), { ...found, acl: undefined })).toEqual(['make-acl']);
    expect(kinds(aWish(), { ...found, fingerprint: undefined })).toEqual(['distrust', 'make-certificate']);
    expect(kinds(aWish(), { ...found, trusted: [] })).toEqual(['make-certificate']);
  });

  it('follows the configuration: limits with the pools, and no limit of memory where one pool has none', () => {
    const limited = (agentCount: number) =>
      aPool({ agentCount, instance: { ...aPool().instance, memoryBytes: 1_000 } });
    const found = made(aWish({ pools: [limited(2)] }));
    expect(found.project?.config).toMatchObject({ 'limits.instances': '7', 'limits.memory': '7000B' });
    const more = made(aWish({ pools: [limited(4)] }), found);
    expect(more.project?.config).toMatchObject({ 'limits.instances': '10', 'limits.memory': '10000B' });
    const endless = made(aWish({ pools: [aPool()] }), more);
    expect(endless.project?.config).not.toHaveProperty('limits.memory');
    expect(endless.profile?.config).not.toHaveProperty('limits.memory');
    expect(endless.project?.config).toMatchObject({ 'limits.processes': '7000' });
  });

  it('keeps what a person has added', () => {
    const found = made(aWish());
    const { project, network, profile } = found;
    const added = {
      ...found,
      project: project && { ...project, config: { ...project.config, 'user.contact': 'me', 'limits.disk': '1GiB' } },
      network: network && { ...network, config: { ...network.config, 'dns.domain': 'ci' } },
      profile: profile && { ...profile, devices: { ...profile.devices, cache: { type: 'disk' } } },
    };
    expect(kinds(aWish(), added)).toEqual([]);
    const changed = made(aWish({ pools: [aPool({ agentCount: 3 })] }), added);
    expect(changed.project?.config).toMatchObject({ 'user.contact': 'me', 'limits.disk': '1GiB' });
    expect(changed.profile?.devices).toHaveProperty('cache');
  });

  it('takes back what weakens it', () => {
    const found = made(aWish());
    const eth0 = { ...found.profile?.devices.eth0, 'security.port_isolation': 'false' };
    const weak = { config: {}, devices: { ...found.profile?.devices, eth0 } };
    expect(kinds(aWish(), { ...found, profile: weak })).toEqual(['change-profile']);
    expect(made(aWish(), { ...found, profile: weak }).profile?.devices.eth0).toMatchObject({
      'security.port_isolation': 'true',
    });
  });

  it('takes back leases of IPv6, which one guest could use up', () => {
    const wish = aWish({ network: BOTH });
    const { network, ...found } = made(wish);
    const leasing = network && { ...network, config: { ...network.config, 'ipv6.dhcp.stateful': 'true' } };
    expect(made(wish, { ...found, network: leasing }).network).toEqual(network);
  });

  it('has the bridge advertise a resolver that the filter of IPv6 lets guests reach, and leaves that out where they have IPv4 alone', () => {
    const dnsmasq = (network: typeof BOTH) => made(aWish({ network })).network?.config['raw.dnsmasq']?.split('\n');
    const known = 'dhcp-ignore=tag:!known';
    expect(dnsmasq({ ...BOTH, ipv6: false })).toEqual([known]);
    for (const network of [BOTH, IPV6_ALONE])
      expect(dnsmasq(network)).toEqual([known, 'dhcp-option=option6:dns-server,[fd00::],[::]']);
  });

  it('makes a bridge without IPv4 where guests shall have none, and takes that of a bridge away', () => {
    const without = { 'ipv4.address': 'none', 'ipv6.address': 'fd42::1/64', 'ipv6.nat': 'true' };
    const own = { ...IPV6_ALONE, address: 'fd42:7::1/64' };
    expect(made(aWish({ network: IPV6_ALONE })).network?.config).toMatchObject(without);
    expect(made(aWish({ network: own })).network?.config).toMatchObject({ ...without, 'ipv6.address': own.address });
    const changed = made(aWish({ network: IPV6_ALONE }), made(aWish({ network: BOTH })));
    expect(changed.network?.config).toMatchObject(without);
    for (const { network, acl } of [made(aWish({ network: own })), changed]) {
      expect(network?.config).not.toHaveProperty(['ipv4.nat']);
      expect(acl?.egress.map(({ description }) => description)).toEqual(['the Internet, IPv6']);
    }
  });

  it('says what guests do not reach for want of an address of its family', () => {
    const openings = [
      { name: 'the Azure server tfs', addresses: ['10.1.2.3', '10.1.2.4'], port: 443 },
      { name: 'network.allow: both', addresses: ['10.1.2.3', 'fd00::3'], port: 443 },
    ];
    const says = 'the Azure server tfs has no address of IPv6, and guests have no others, so they do not reach it.';
    expect(aWish({ network: IPV6_ALONE }, { openings }).remarks).toContain(says);
    expect(aWish({ network: BOTH }, { openings }).remarks.join()).not.toContain('so they do not reach it');
  });

  it('raises the number of inotify instances where the guests need more, as often as they do', () => {
    const found = { ...NOTHING, inotify: { value: 60, before: undefined, foreignFile: undefined } };
    const raised = made(aWish(), found);
    expect(raised.inotify).toMatchObject({ value: 8192, before: 60 });
    const many = aWish({ pools: [aPool({ agentCount: 900 })] });
    expect(made(many, raised).inotify).toMatchObject({ value: 13_540, before: 60 });
  });

  it('leaves a file alone in which somebody else sets the number of inotify instances, and says so', () => {
    const theirs = { value: 60, before: undefined, foreignFile: '/etc/sysctl.d/60.conf' };
    const plan = planSetup(aWish(), { ...NOTHING, inotify: theirs });
    expect(stepsOf(plan)).not.toContainEqual(expect.objectContaining({ kind: 'raise-inotify' }));
    expect(plan).toMatchObject({
      remarks: expect.arrayContaining([
        expect.stringMatching(/is 60, and guests need .*leaves \/etc\/sysctl\.d\/60\.conf/),
      ]),
    });
    const ample = planSetup(aWish(), { ...NOTHING, inotify: { ...theirs, value: 8192 } });
    expect(ample).toEqual(planSetup(aWish(), NOTHING));
  });

  it('leaves an address alone on which Incus listens already', () => {
    const server = { 'core.https_address': ':8443' };
    expect(made(aWish(), { ...NOTHING, server }).server).toEqual(server);
  });

  it('lets Incus listen where the configuration looks for it', () => {
    const incus = {
      kind: 'https',
      url: 'https://localhost:9443',
      certificatePath: '',
      keyPath: '',
      serverCertificatePath: undefined,
    } as const;
    expect(made(aWish({ incus })).server['core.https_address']).toBe('127.0.0.1:9443');
  });
});

describe('setup refuses', () => {
  it.each([
    [
      'project',
      { project: { name: 'ci', description: '', config: {} } },
      /project "ci" that this installation has not/,
    ],
    ['network', { network: { name: 'iap-1a2b3c', description: '', config: {} } }, /network "iap-1a2b3c" that this/],
    [
      'network ACL',
      { acl: { name: 'iap-1a2b3c', description: '', config: { 'user.iap.owner': 'other' }, ingress: [], egress: [] } },
      /network ACL "iap-1a2b3c" that this/,
    ],
  ])('a %s of somebody else', (_, there, why) => {
    expect(planSetup(aWish(), { ...NOTHING, ...there })).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  });

  it('a second project, which would share the network of the first', () => {
    const found = { ...made(aWish()), project: undefined };
    expect(planSetup(aWish({ project: 'other' }), found)).toMatchObject({
      why: expect.stringContaining('has set up project "ci"'),
    });
  });
});

describe('what cannot be had is said', () => {
  it.each([
    [{}, { isolates: false }, /share one range of user ids/],
    [{}, { firewall: 'xtables' }, /firewall xtables/],
    [
      { pools: [aPool({ instance: { ...aPool().instance, diskSizeBytes: 1_000 } })] },
      { storageDriver: 'dir' },
      /^diskSizeInGb has no effect in storage pool "default", which is of plain directories/,
    ],
    [{}, { unknownHosts: ['azure.test'] }, /^azure\.test cannot be looked up here/],
    [{ pools: [aPool({ agentCount: 200 })] }, {}, /253 addresses for up to 304 instances/],
    [{}, {}, /no limit of memory, since pool "linux" has none/],
  ])('with %j and %j', (spec, host, says) => {
    expect(wishOf(aSpec(spec), aHost(host)).remarks).toContainEqual(expect.stringMatching(says));
  });

  it('and where guests share user ids the project does not ask for more', () => {
    const { project, profile } = aWish({}, { isolates: false });
    expect(project.config['restricted.containers.privilege']).toBe('unprivileged');
    expect(profile.config['security.idmap.isolated']).toBe('false');
  });
});
