/**
 * What a hostile root tries that no command of a stock system does; Perl, which every Debian and Ubuntu has, and only the parts of it
 * that `perl-base` brings.
 */
export const HOSTILE_PROGRAM = String.raw`# Verbs of this program:
#
#   call NAME ARG...    one system call; prints what came of it. Numbers are numbers, everything else is a string.
#   send INTERFACE      sends each line of the input, in hexadecimal, as one Ethernet frame
#   watch INTERFACE     prints the mark of each marked frame that arrives
#   leaving             prints, behind 'left-', the mark of each marked frame that is sent from any interface; 'last' once
#                       that arrives, and 'lost' before it if frames were missed by then
#   fork MOST           forks until it cannot, or so often, prints how often, and ends all
#   take BYTES          takes so much memory, and says so where it has not been ended by then
#   hold WHAT COUNT [FILE]  takes that many keys, inotify instances, places for aio, namespaces or terminals, prints how many
#                       it got, and what FILE says meanwhile, and gives them back
#   listen PORT         says 'neighbour' to whoever comes over IPv4 or IPv6
#   subvolume PATH      makes a btrfs subvolume
use strict;
use warnings;
use POSIX ();
use Socket qw(:DEFAULT IPPROTO_IPV6 IPV6_V6ONLY IN6ADDR_ANY pack_sockaddr_in6);

my %CALLS = (
  x86_64 => {
    acct => 163, add_key => 248, bpf => 321, delete_module => 176, finit_module => 313, inotify_init1 => 294,
    io_setup => 206, kexec_load => 246, keyctl => 250, mount => 165, open_by_handle_at => 304,
    perf_event_open => 298, settimeofday => 164, swapon => 167, syslog => 103, unshare => 272,
  },
  aarch64 => {
    acct => 89, add_key => 217, bpf => 280, delete_module => 106, finit_module => 273, inotify_init1 => 26,
    io_setup => 0, kexec_load => 104, keyctl => 219, mount => 40, open_by_handle_at => 265,
    perf_event_open => 241, settimeofday => 170, swapon => 224, syslog => 116, unshare => 97,
  },
);
my ($PF_PACKET, $RAW, $EVERY_PROTOCOL, $PACKET_OUTGOING) = (17, 3, 0x0300, 4);
# Headers of Ethernet and IP, of ICMP, and again of IP and UDP.
my $REFUSED_FROM = 14 + 20 + 8 + 20 + 8;
my ($SO_RCVBUFFORCE, $SOL_PACKET, $PACKET_STATISTICS) = (33, 263, 6);
# Whoever has asked for a watch may be gone.
my $WATCH_S = 120;
my $BTRFS_IOC_SUBVOL_CREATE = 0x5000940e;
my $CLONE_NEWUTS = 0x04000000;
my @kept;

my ($verb, @args) = @ARGV;
$| = 1;
my %VERBS = (
  call => \&call, fork => \&fork_on, hold => \&hold, leaving => \&leaving, listen => \&listen_on, send => \&send_frames,
  subvolume => \&subvolume, take => \&take, watch => \&watch,
);
($VERBS{$verb // ''} // die "what?\n")->(@args);

sub number { my $name = shift; $CALLS{(POSIX::uname())[4]}{$name} // die "no number for $name\n" }

sub call {
  my ($name, @given) = @_;
  my @values = map { /^-?\d+$/ ? $_ + 0 : /^0x/ ? hex : $_ . "\0" } @given;
  # A buffer for whatever the kernel writes.
  my $buffer = "\0" x 4096;
  @values = map { $_ eq "BUFFER\0" ? $buffer : $_ } @values;
  my $result = syscall(number($name), @values);
  print $result == -1 ? "$name: $!\n" : "$name: done $result\n";
  print grep { /[[:print:]]{4}/ } map { s/\0+$//r . "\n" } grep { length > 1000 } @values if $result > 0;
}

sub packet_socket {
  my $interface = shift;
  # Zero is every interface.
  my $index = 0;
  if (defined $interface) {
    open(my $file, '<', "/sys/class/net/$interface/ifindex") or die "$interface: $!\n";
    $index = <$file> + 0;
  }
  socket(my $socket, $PF_PACKET, $RAW, $EVERY_PROTOCOL) or die "socket: $!\n";
  bind($socket, pack('S n i S C C a8', $PF_PACKET, 3, $index, 0, 0, 0, '')) or die "bind: $!\n";
  return $socket;
}

sub send_frames {
  my $socket = packet_socket(shift);
  my $sent = 0;
  while (my $line = <STDIN>) {
    chomp $line;
    my $frame = pack('H*', $line);
    # While the queue of the interface is full, it is tried again.
    my $tries = 0;
    select(undef, undef, undef, 0.01) until defined send($socket, $frame, 0) || ++$tries > 100;
    $sent++ if $tries <= 100;
  }
  print "sent $sent\n";
}

sub watch {
  alarm $WATCH_S;
  my $socket = packet_socket(shift);
  print "watching\n";
  while (defined(my $from = recv($socket, my $frame, 65536, 0))) {
    my (undef, undef, undef, undef, $kind) = unpack('S n i S C', $from);
    next if $kind == $PACKET_OUTGOING;
    print "$1\n" if $frame =~ /iap-attack:([a-z0-9-]+)\./;
  }
}

sub leaving {
  alarm $WATCH_S;
  my $socket = packet_socket();
  setsockopt($socket, SOL_SOCKET, $SO_RCVBUFFORCE, 64 << 20);
  print "watching\n";
  while (defined(my $from = recv($socket, my $frame, 65536, 0))) {
    my (undef, undef, undef, undef, $kind) = unpack('S n i S C', $from);
    next unless $frame =~ /iap-attack:([a-z0-9-]+)\./;
    # A refusal that the host sends back holds what it refuses, further behind.
    if ($kind == $PACKET_OUTGOING) { print "left-$1\n" if $-[0] < $REFUSED_FROM; next }
    next unless $1 eq 'last';
    my (undef, $missed) = unpack('L L', getsockopt($socket, $SOL_PACKET, $PACKET_STATISTICS));
    print $missed ? "lost\nlast\n" : "last\n";
  }
}

sub fork_on {
  my $most = shift;
  my @children;
  while (defined(my $child = fork)) {
    if ($child == 0) { sleep 60; exit }
    push @children, $child;
    last if @children >= $most;
  }
  print 'forked ' . @children . (@children < $most ? ": $!\n" : ": as many as wanted\n");
  kill 'KILL', @children;
}

sub take {
  my ($bytes, @held) = @_;
  push @held, 'x' x (16 << 20) while (16 << 20) * @held < $bytes;
  print "took $bytes\n";
}

sub hold {
  my ($what, $wanted, $file) = @_;
  my %take = (
    keys => sub { my ($type, $name, $load) = ('user', "evil$_[0]", 'x'); syscall(number('add_key'), $type, $name, $load, 1, -4) },
    inotify => sub { syscall(number('inotify_init1'), 0) },
    aio => sub { my $context = "\0" x 8; syscall(number('io_setup'), 100, $context) },
    namespaces => sub { syscall(number('unshare'), $CLONE_NEWUTS) == -1 ? -1 : keep('<', '/proc/self/ns/uts') },
    terminals => sub { keep('+<', '/dev/ptmx') },
  );
  my $got = 0;
  my $why = 'as many as wanted';
  while ($got < $wanted) {
    if ($take{$what}->($got) == -1) { $why = $!; last }
    $got++;
  }
  print "$what: $got: $why\n";
  if (defined $file) { open(my $count, '<', $file) or die "$file: $!\n"; print <$count> }
  # The keys of a user outlive whoever added them.
  syscall(number('keyctl'), 7, -4) if $what eq 'keys';
}

sub keep {
  my ($mode, $path) = @_;
  open(my $file, $mode, $path) or return -1;
  push @kept, $file;
  return 0;
}

sub listen_on {
  my $port = shift;
  socket(my $socket, AF_INET6, SOCK_STREAM, 0) or die "socket: $!\n";
  setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  bind($socket, pack_sockaddr_in6($port, IN6ADDR_ANY)) or die "bind: $!\n";
  listen($socket, 5) or die "listen: $!\n";
  print "listening\n";
  while (accept(my $client, $socket)) { print $client "neighbour\n"; close $client }
}

sub subvolume {
  my ($parent, $name) = $_[0] =~ m{^(.*)/([^/]+)$};
  open(my $directory, '<', $parent) or die "$parent: $!\n";
  my $request = pack('q a4088', 0, $name);
  print ioctl($directory, $BTRFS_IOC_SUBVOL_CREATE, $request) ? "subvolume: done\n" : "subvolume: $!\n";
}
`;
