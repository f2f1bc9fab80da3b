/** Looks into a guest for as long as it lives: for texts that must be nowhere in it, and for others that prove the looking. */
import type { IncusClient } from 'incus-client';

/**
 * Reads `label<TAB>text` lines and looks again and again, as root: in environment, command line and memory of every
 * process but its own, and in every file, deleted ones included that are still open. Prints `label place` at the first
 * sight of each, and `processes` or `files` after each look at all of them.
 */
const PROGRAM = String.raw`
use strict;
$| = 1;
my (%texts, %seen, $longest);
while (my $line = <STDIN>) {
  chomp $line;
  my ($label, $text) = split /\t/, $line, 2;
  $texts{$label} = $text;
  $longest = length $text if length $text > ($longest // 0);
}
sub tell_of {
  my ($piece, $place) = @_;
  for my $label (keys %texts) {
    next if $seen{"$label $place"} || index($$piece, $texts{$label}) < 0;
    $seen{"$label $place"} = 1;
    print "$label $place\n";
  }
}
sub read_all {
  my ($path, $place) = @_;
  open(my $file, '<:raw', $path) or return;
  my $tail = '';
  while (sysread($file, my $piece, 1 << 20)) {
    my $both = $tail . $piece;
    tell_of(\$both, $place);
    $tail = length $both > $longest ? substr($both, -$longest) : $both;
  }
}
sub read_memory {
  my ($pid) = @_;
  open(my $maps, '<', "/proc/$pid/maps") or return;
  open(my $memory, '<:raw', "/proc/$pid/mem") or return;
  while (my $line = <$maps>) {
    next unless $line =~ /^([0-9a-f]+)-([0-9a-f]+) r/ && $line !~ /\[v/;
    my ($at, $left, $tail) = (hex $1, hex($2) - hex($1), '');
    sysseek($memory, $at, 0) or next;
    while ($left > 0 && (my $got = sysread($memory, my $piece, $left < 1 << 20 ? $left : 1 << 20))) {
      my $both = $tail . $piece;
      tell_of(\$both, 'memory');
      $tail = length $both > $longest ? substr($both, -$longest) : $both;
      $left -= $got;
    }
  }
}
sub look_at_processes {
  my ($own) = @_;
  opendir(my $proc, '/proc') or return;
  for my $pid (grep { /^[0-9]+$/ && $_ != $$ && $_ != $own } readdir $proc) {
    read_all("/proc/$pid/$_", $_) for qw(environ cmdline);
    read_memory($pid);
    for my $fd (glob "/proc/$pid/fd/*") {
      read_all($fd, 'deleted file') if (readlink($fd) // '') =~ /^\/.* \(deleted\)$/ && -f $fd;
    }
  }
}
my $own = $$;
# Processes come and go while files are read, so each kind has a loop of its own.
if (!fork) {
  while (kill 0, $own) { look_at_processes($own); print "processes\n" }
  exit;
}
my $brought_along = '';
while (1) {
  open(my $files, '-|', "find / \\( -fstype proc -o -fstype sysfs $brought_along \\) -prune -o -type f -print0 2>/dev/null") or die;
  { local $/ = "\0"; while (my $path = <$files>) { chomp $path; read_all($path, 'file'); } }
  print "files\n";
  # What the image brought along is read once; from then on what can change.
  $brought_along = '-o -path /usr -o -path /var/lib/dpkg -o -path /var/cache';
}
`;

const CANARY = 'known-to-everybody';
const PLACES = ['file', 'deleted file', 'environ', 'cmdline', 'memory'];

/** Settings and a job that put what is known to everybody in each place where a secret could be, until told to go on. */
export const canary = {
  settings: { env: { CANARY } },
  script: [
    'echo "$CANARY" > /home/agent/canary',
    'exec 9> /tmp/held && echo "$CANARY" >&9 && rm /tmp/held',
    'echo "waiting on $(hostname)"',
    `bash -c 'until [ -e /tmp/go ]; do sleep 0.1; done' "$CANARY"`,
  ].join('\n'),
} as const;

/** A watch for the token. */
export interface TokenWatch {
  /** Where the token was seen so far. */
  sights(): readonly string[];
  /** Resolves when the canary was found in every place, and then everything was looked at once more from its beginning. */
  lookedEverywhere(): Promise<void>;
  /** Resolves when the guest is gone. */
  readonly ended: Promise<void>;
}

/** What a watch has seen, as `label place`. */
interface GuestWatch {
  readonly sightings: ReadonlySet<string>;
  /** How often all processes, and all files, were looked at. */
  readonly looks: { readonly processes: number; readonly files: number };
  /** Resolves when `holds` does. Rejects when the guest is gone before. */
  until(holds: () => boolean): Promise<void>;
  /** Resolves when the guest is gone. */
  readonly ended: Promise<void>;
}

/** Begins to look for the token and for the canary, and goes on until the guest is gone. */
export async function watchForToken(incus: IncusClient, name: string, token: string): Promise<TokenWatch> {
  const watch = await watchGuest(incus, name, {
    canary: CANARY,
    token,
    'token for HTTP': Buffer.from(`:${token}`).toString('base64'),
  });
  return {
    ended: watch.ended,
    sights: () => [...watch.sightings].filter(sight => sight.startsWith('token')),
    async lookedEverywhere() {
      await watch.until(() => PLACES.every(place => watch.sightings.has(`canary ${place}`)));
      const before = { ...watch.looks };
      await watch.until(() => watch.looks.files > before.files + 1 && watch.looks.processes > before.processes + 1);
    },
  };
}

async function watchGuest(
  incus: IncusClient,
  name: string,
  texts: Readonly<Record<string, string>>,
): Promise<GuestWatch> {
  await incus.files.push(name, '/root/watch.pl', PROGRAM);
  const sightings = new Set<string>();
  const listeners = new Set<() => void>();
  const looks = { processes: 0, files: 0 };
  let rest = '';
  const onStdout = (chunk: Uint8Array) => {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines)
      if (line === 'processes' || line === 'files') looks[line] += 1;
      else sightings.add(line);
    for (const listener of listeners) listener();
  };
  const stdin = Object.entries(texts)
    .map(([label, text]) => `${label}\t${text}\n`)
    .join('');
  const running = incus.exec(name, { command: ['perl', '/root/watch.pl'], stdin, onStdout }, { deadlineMs: 600_000 });
  // However it ends when its guest is switched off under it, it has ended.
  const ended = running.then(
    () => {},
    () => {},
  );
  return {
    sightings,
    looks,
    ended,
    until: holds => {
      let listener = () => {};
      const seen = new Promise<void>(resolve => {
        listener = () => holds() && resolve();
        listeners.add(listener);
        listener();
      });
      const gone = ended.then(() => {
        throw new Error(`${name} is gone; seen in it: ${[...sightings].join(', ')}`);
      });
      return Promise.race([seen, gone]).finally(() => listeners.delete(listener));
    },
  };
}
