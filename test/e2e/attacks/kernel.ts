/** What root in a guest tries against the kernel, which it shares with the host. */
import { type Attack, HOSTILE } from './attack.js';

const DENIED = /operation not permitted|permission denied/i;
/** Incus has some calls answer as if the kernel did not have them. */
const CLOSED = /operation not permitted|permission denied|function not implemented/i;
const LOCKED = /operation not permitted|permission denied|read-only file system/i;

/** Not every kernel has the file. */
const ABSENT = /operation not permitted|permission denied|read-only file system|no such file/i;

const call = (...args: readonly string[]) => `perl ${HOSTILE} call ${args.join(' ')}`;
/** Writes into whichever of these files there are; the shell names its error. */
const write = (text: string, ...files: readonly string[]) =>
  `for file in ${files.join(' ')}; do [ -e "$file" ] && echo '${text}' > "$file"; done`;

export const devices: readonly Attack[] = [
  { fact: 'a guest cannot make a block device', script: 'mknod /root/disk b 7 0', shows: DENIED },
  { fact: "a guest cannot make a device of the host's memory", script: 'mknod /root/mem c 1 1', shows: DENIED },
  { fact: 'a guest has no block device', script: 'find /dev -type b 2>/dev/null | wc -l', shows: /^0$/ },
  {
    fact: 'a guest cannot have a file stand for a disk',
    script: 'losetup --find --show /etc/hostname',
    shows: /cannot find|failed|no such/i,
  },
  {
    fact: 'a guest cannot mount a file system that the kernel does not trust',
    script: call('mount', '/etc/hostname', '/mnt', 'ext4', '0', '0'),
    shows: /mount: (?:operation not permitted|permission denied|block device required|no such device)/i,
  },
  {
    fact: "a guest cannot mount the kernel's debugging files",
    script: call('mount', 'none', '/mnt', 'debugfs', '0', '0'),
    shows: DENIED,
  },
  {
    fact: 'a guest cannot allow itself a device',
    // By a file in the first version of cgroups, by a program for the kernel in the second.
    script: `if [ -d /sys/fs/cgroup/devices ]; then ${write('a *:* rwm', '/sys/fs/cgroup/devices/devices.allow')}; else ${call('bpf', '5', 'BUFFER', '48')}; fi`,
    shows: DENIED,
  },
];

export const settings: readonly Attack[] = [
  {
    fact: 'a guest cannot have the host run a program when one crashes',
    script: write('|/root/evil', '/proc/sys/kernel/core_pattern'),
    shows: LOCKED,
  },
  {
    fact: 'a guest cannot do so by a fresh view of the kernel either',
    script: `unshare --mount --pid --fork bash -c "mount -t proc proc /mnt; echo '|/root/evil' > /mnt/sys/kernel/core_pattern"`,
    shows: LOCKED,
  },
  { fact: 'a guest cannot press the magic key', script: 'echo h > /proc/sysrq-trigger', shows: ABSENT },
  {
    fact: "a guest cannot change how the host's memory is given out",
    script: write('1', '/proc/sys/vm/overcommit_memory'),
    shows: LOCKED,
  },
  { fact: 'a guest cannot set the clock', script: call('settimeofday', '0', 'BUFFER'), shows: DENIED },
  { fact: 'a guest cannot load a module', script: call('finit_module', '0', 'x', '0'), shows: CLOSED },
  { fact: 'a guest cannot unload a module', script: call('delete_module', 'bridge', '0'), shows: CLOSED },
  { fact: 'a guest cannot start another kernel', script: call('kexec_load', '0', '0', '0', '0'), shows: CLOSED },
  { fact: 'a guest cannot use a file for swapping', script: call('swapon', '/etc/hostname', '0'), shows: DENIED },
  { fact: 'a guest cannot keep accounts of all processes', script: call('acct', '/etc/hostname'), shows: DENIED },
  { fact: 'a guest cannot give the kernel a program', script: call('bpf', '5', 'BUFFER', '48'), shows: DENIED },
  {
    fact: 'a guest cannot watch what all processors do',
    script: call('perf_event_open', 'BUFFER', '-1', '0', '-1', '0'),
    shows: CLOSED,
  },
];

export const views: readonly Attack[] = [
  { fact: "a guest cannot read the kernel's log", script: 'dmesg', shows: DENIED },
  { fact: "a guest cannot read the kernel's memory", script: 'head -c 1 /proc/kcore', shows: ABSENT },
  {
    fact: 'a guest cannot open files of the host by their number',
    script: call('open_by_handle_at', '0', 'BUFFER', '0'),
    shows: CLOSED,
  },
  {
    fact: 'a guest sees no process of the host',
    script: `grep --no-messages --files-with-matches --text 'v[i]test' /proc/[0-9]*/cmdline | wc -l`,
    shows: /^0$/,
  },
  {
    fact: 'a guest sees no file of the host by leaving its root',
    script: `mkdir -p /root/jail; perl -e 'chroot "/root/jail"; chdir ".." for 1..64; chroot "."; print -e "/run/iap" ? "own root\\n" : "elsewhere\\n"'`,
    shows: /^own root$/,
  },
  {
    fact: 'a guest cannot use an id of another guest',
    script: 'touch /root/x; chown 65536 /root/x',
    shows: /invalid argument/i,
  },
  {
    fact: 'open: a guest reads how the host was started, and its load',
    script: 'cat /proc/cmdline; cat /proc/loadavg',
    shows: /\d+\.\d+ \d+\.\d+/,
  },
];

const MEMORY = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
const PROCESSES = ['/sys/fs/cgroup/pids.max', '/sys/fs/cgroup/pids/pids.max'];
const CORES = ['/sys/fs/cgroup/cpuset.cpus', '/sys/fs/cgroup/cpuset/cpuset.cpus'];

export const limits: readonly Attack[] = [
  { fact: 'a guest cannot raise its limit of memory', script: write('9000000000', ...MEMORY), shows: LOCKED },
  { fact: 'a guest cannot raise its limit of processes', script: write('max', ...PROCESSES), shows: LOCKED },
  { fact: 'a guest cannot take more cores', script: write('0-1', ...CORES), shows: LOCKED },
  {
    fact: 'a guest cannot make a hierarchy of limits of its own',
    script: 'mount -t cgroup -o none,name=evil none /mnt',
    shows: /permission denied|not permitted|must be superuser/i,
  },
  {
    fact: 'a guest cannot have the host run a program when a group of processes ends',
    script: 'find /sys/fs/cgroup -name release_agent | wc -l',
    shows: /^0$/,
  },
  {
    fact: 'a guest cannot go before other processes',
    script: 'nice --adjustment=-20 true',
    shows: /cannot set niceness/i,
  },
  { fact: 'a guest cannot have a core for itself', script: 'chrt --fifo 99 true', shows: /operation not permitted/i },
  {
    fact: 'a guest cannot go before others at the disk',
    script: 'ionice --class 1 true',
    shows: /operation not permitted/i,
  },
  {
    fact: 'a guest cannot have others killed before it when memory ends',
    script: 'echo -1000 > /proc/self/oom_score_adj',
    shows: DENIED,
  },
  {
    fact: 'a guest cannot open more files than the host lets it',
    script: 'prlimit --nofile=$(($(ulimit -H -n) + 1)) true',
    shows: /operation not permitted/i,
  },
];
