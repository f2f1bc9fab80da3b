/** What the demo's pipelines ask for. Every script runs as the agent's user, with bash, in a machine of its own. */

/** A job and how it is meant to end. */
export interface DemoJob {
  readonly name: string;
  readonly script: string;
  readonly expected: 'succeeded' | 'failed';
}

/** Fails where any job before has left its mark, then leaves one. */
const mark = `set -eu
ls -d /mark /home/agent/mark 2>/dev/null && { echo 'somebody was here before'; exit 1; }
echo 'nobody was here before'
echo mine | sudo tee /mark >/home/agent/mark
echo "wrote to / and to $HOME on $(hostname)"`;

const system = `set -eu
. /etc/os-release
echo "$PRETTY_NAME on kernel $(uname -r)"
echo "systemd says: $(systemctl is-system-running || true)"`;

const service = `set -eu
sudo tee /etc/systemd/system/demo.service >/dev/null <<'END'
[Service]
ExecStart=/bin/sleep infinity
END
sudo systemctl start demo.service
echo "started: $(systemctl is-active demo.service)"
sudo systemctl stop demo.service
[ "$(systemctl is-active demo.service)" = inactive ]
echo 'a systemd service was active, and is stopped'`;

/** Nothing is pulled: the image is one program and its libraries, from this very machine. */
const docker = `set -eu
mkdir image && cd image
cp --parents /bin/uname $(ldd /bin/uname | grep -o '/[^ ]*') .
printf 'FROM scratch\\nCOPY . /\\nENTRYPOINT ["/bin/uname"]\\n' >Dockerfile
docker build --quiet --tag from-scratch . 2>/dev/null
echo "container $(docker run --rm --hostname built-here from-scratch -n) ran"`;

const work = `for second in $(seq 20); do
  echo "second $second of 20"
  sleep 1
done`;

const failing = `echo '1 of 132 tests failed'
exit 1`;

const limits = `set -eu
memory=/sys/fs/cgroup/memory.max
[ -e $memory ] || memory=/sys/fs/cgroup/memory/memory.limit_in_bytes
echo "$(nproc) cores, $(numfmt --to=iec <$memory) memory, /tmp: $(df -h --output=fstype,size /tmp | tail -n 1)"`;

const network = `set -eu
ip route show default
echo "address $(ip -brief -4 address show dev eth0 | tr -s ' ' | cut -d ' ' -f 3) on a bridge of this host"`;

/** The first wave is queued with the first agent, the second while the first still runs. */
export const waves: readonly (readonly DemoJob[])[] = [
  [
    { name: 'what system is this', script: system, expected: 'succeeded' },
    { name: 'leave a mark', script: mark, expected: 'succeeded' },
    { name: '20 seconds of work', script: work, expected: 'succeeded' },
    { name: 'docker, FROM scratch', script: docker, expected: 'succeeded' },
    { name: 'a systemd service', script: service, expected: 'succeeded' },
  ],
  [
    { name: 'look for the mark', script: mark, expected: 'succeeded' },
    { name: 'fail on purpose', script: failing, expected: 'failed' },
    { name: 'cores, memory, /tmp', script: limits, expected: 'succeeded' },
    { name: 'the network', script: network, expected: 'succeeded' },
    { name: 'look for it again', script: mark, expected: 'succeeded' },
  ],
];
