/** What is known to be open, as the page on security tells it, with its risk; a test holds both together. */
interface OpenPoint {
  readonly fact: string;
  readonly risk: string;
  /** Empty where nothing does. */
  readonly helps: string;
}

export const OPEN_POINTS: readonly OpenPoint[] = [
  {
    fact: 'a guest draws to itself what is sent to its neighbour, until the neighbour sends',
    risk: "It reads what is not encrypted, and holds up the neighbour's connections. The filters look at frames only after the bridge has learned from them.",
    helps: 'Nothing that setup can set. Keep what jobs fetch and send encrypted; give strangers a host of their own',
  },
  {
    fact: 'a thief takes the filters off the NIC of new guests',
    risk: "Whoever holds the daemon's certificate has guests that pass for each other; no job does",
    helps: 'Keep the state directory to the daemon, as setup makes it',
  },
  {
    fact: 'a guest learns the addresses of its neighbours from the name service of the bridge',
    risk: 'It learns how many there are. Names that the host itself can look up, those of your network too, are answered as well: a job learns addresses that it cannot reach',
    helps: '',
  },
  {
    fact: "a guest gives back its neighbour's address in its name",
    risk: 'Until the neighbour renews its lease its name is not known to the bridge. The address stays its own: nobody else is given it',
    helps: '',
  },
  {
    fact: 'a guest takes places in the table of connections that all guests share',
    risk: 'A full table drops new connections of all guests',
    helps: '`net.netfilter.nf_conntrack_max` of the host, well above what a job needs',
  },
  {
    fact: 'a guest takes places in the table of addresses of the bridge that all its guests share',
    risk: 'Each takes some memory of the host for five minutes, and a table of many thousands makes the bridge slower for all. The filters look at frames only after the bridge has learned from them',
    helps:
      'Linux 6.8 and later can bound it (`ip link set BRIDGE type bridge fdb_max_learned N`), which Incus does not',
  },
  {
    fact: 'a guest has the host send to it what is for the IPv6 address of its neighbour',
    risk: "With `network.ipv6`: it reads what is not encrypted and comes from outside, holds up the neighbour's connections, and goes on for as long as it answers. It still cannot send in the neighbour's name. The filter of Incus looks for the address and the MAC at a fixed place of the message, which a header of options before it moves",
    helps: 'No `network.ipv6`, as by default. Keep what jobs fetch and send encrypted',
  },
  {
    fact: 'a guest has the host send to it what is for the link-local address of its neighbour',
    risk: 'With `network.ipv6`: what the bridge answers the neighbour that looks for a router goes elsewhere, until it is said to all again. The filter lets whoever looks for a router name any link-local address',
    helps: 'No `network.ipv6`, as by default',
  },
  {
    fact: 'a guest takes places in the table of IPv6 neighbours that the whole host shares',
    risk: 'With `network.ipv6`: while a guest keeps it full, the host finds no new neighbour over IPv6, in other networks either',
    helps:
      '`net.ipv6.neigh.default.gc_thresh3` of the host, well above what it needs; no `network.ipv6`, as by default',
  },
  {
    fact: 'a guest takes inotify instances that all guests share',
    risk: 'When there are none left, new guests do not boot, and tools of others cannot watch files; the daemon reports agents that never come',
    helps: '`fs.inotify.max_user_instances`, which setup raises to 8192 and more',
  },
  {
    fact: 'a guest takes places for asynchronous reads and writes that the whole host shares',
    risk: 'When there are none left, databases in other jobs do not start',
    helps: '`fs.aio-max-nr` of the host',
  },
  {
    fact: 'a guest takes namespaces without a limit of its own, of the share that all guests have',
    risk: 'The kernel counts those of all guests for root of the host, who starts them. When there are none left, docker in other jobs makes no container, and no new guest boots',
    helps:
      '`user.max_*_namespaces` of the host, well above what jobs need; `maxRamInGb`, since each takes memory of its guest',
  },
  {
    fact: 'a guest takes terminals that all guests share',
    risk: 'When there are none left, programs in other jobs that want a terminal fail. The host keeps 1024 for itself',
    helps: '`kernel.pty.max` of the host',
  },
  {
    fact: 'a guest reads how the host was started, and its load',
    risk: 'The version of the kernel, its command line, memory and load of the host are known to jobs',
    helps: 'No secret on the command line of the kernel; lxcfs hides load and memory',
  },
  {
    fact: 'a guest takes more than its disk by a subvolume of its own',
    risk: 'On btrfs `diskSizeInGb` keeps honest jobs from filling the storage pool, and no others',
    helps: 'A storage pool on zfs or lvm, whose sizes hold',
  },
  {
    fact: 'a guest fills the storage pool that way, until its end',
    risk: 'Jobs of others fail for want of room. All of it comes back when the guest is deleted',
    helps: 'The same; and nothing else of worth in that storage pool',
  },
  {
    fact: 'without `diskSizeInGb` a guest fills the storage pool',
    risk: 'as above; on btrfs a size makes each deletion slow',
    helps: 'see `diskSizeInGb`',
  },
  {
    fact: "machines of your own network that have public addresses, in other subnets than the host's, are the Internet to a guest",
    risk: 'it reaches what they offer to the Internet, and what only a firewall at the edge of the network keeps from there',
    helps: 'a firewall on those machines, or between the host and them',
  },
  {
    fact: 'a guest uses network and disk as fast as it can, to the outside too',
    risk: "others are slow; the host's address is what the outside sees",
    helps: 'limits on the host',
  },
  {
    fact: 'a hole in the kernel, and with docker more ways to it',
    risk: 'the host',
    helps: 'updates; virtual machines for strangers, which this program does not make',
  },
  {
    fact: 'whatever makes a core dump in a guest is handed to what `kernel.core_pattern` of the host names',
    risk: 'a program of root on the host reads what a guest has made',
    helps: 'a core pattern without a pipe, or one of systemd',
  },
  {
    fact: 'who shapes the base is in every job',
    risk: 'everything jobs can',
    helps: 'the image, the scripts and who may write them',
  },
];

/** The risk of what is open, and what helps. */
export function openRisk(fact: string): { readonly risk?: string; readonly remedy?: string } {
  const point = OPEN_POINTS.find(one => one.fact === fact);
  if (point === undefined) return {};
  return point.helps === '' ? { risk: point.risk } : { risk: point.risk, remedy: point.helps };
}
