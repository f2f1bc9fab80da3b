/** What is run in a throw-away guest, and what its words mean; POSIX sh, with bash where the image has it. */
import type { InstanceState } from 'incus-client';
import { defaultRoute, TENTATIVE } from '../execute/guest/default-route.js';
import { WAY_OUT_PATH } from '../execute/guest/layout.js';
import type { GuestDocker, GuestServer } from './facts.js';

/** Incus may cut off what a command printed last when it ends at once. */
const STAY = 'sleep 0.3';
/** Of a complaint, so much is told. */
const MOST_TOLD = 300;

/** Waits for the end of the boot; prints its state, then units that failed. */
export const bootScript = `
while :; do
  state=$(systemctl is-system-running --wait 2>/dev/null)
  case $state in running | degraded | maintenance) break ;; esac
  sleep 0.1
done
echo "$state"
systemctl list-units --failed --plain --no-legend | cut -d ' ' -f 1
${STAY}
`;

/** Waits until it has a way out, and its addresses may be used; looks a server or its proxy up, connects there, and asks the server for what anybody may ask. Arguments: host, port, URL. */
export const serverScript = `
host=$1 port=$2 url=$3
if [ -e ${WAY_OUT_PATH} ]; then while IFS= read -r pair; do export "$pair"; done <${WAY_OUT_PATH}; fi
${defaultRoute}
is_settled() { default_route && ! grep -Eq '${TENTATIVE}' /proc/net/if_inet6 2>/dev/null; }
waited=0
until is_settled || [ "$waited" -ge 100 ]; do
  waited=$((waited + 1))
  sleep 0.1
done
timeout 15 getent ahosts "$host" | cut -d ' ' -f 1 | sort -u | sed 's/^/address /'
if ! timeout 6 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null; then
  ${STAY}
  exit
fi
echo connects
if command -v curl >/dev/null; then
  if answer=$(curl --silent --show-error --output /dev/null --write-out '%{http_code}' --max-time 15 "$url/_apis/connectionData" 2>&1)
  then echo "status $answer"
  else echo "complaint $answer"
  fi
fi
${STAY}
`;

/** Waits for docker, and runs a container in it of programs that the guest has: nothing is fetched. */
export const dockerScript = `
if driver=$(timeout 60 sh -c 'until docker info --format "{{.Driver}}" 2>&1; do sleep 0.5; done'); then
  echo "driver $(echo "$driver" | tail -n 1)"
else
  echo "$driver" | tail -n 1
  ${STAY}
  exit
fi
folder=$(mktemp -d) && cd "$folder" && mkdir image && {
  cp --parents --dereference /usr/bin/bash $(ldd /usr/bin/bash | grep -o '/[^ ]*') image
  tar -C image -c . | docker import - iap-doctor >/dev/null &&
    docker run --rm iap-doctor /usr/bin/bash -c 'echo doctor'
} 2>&1 | tail -n 3
${STAY}
`;

/** The server that a URL is of. */
export function serverIn(url: string): Pick<GuestServer, 'host' | 'port'> {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'http:' ? 80 : 443)) };
}

/** Reads what {@link serverScript} has printed. */
export function readServer(host: string, port: number, output: string): GuestServer {
  const lines = output.split('\n');
  const after = (word: string) =>
    lines.flatMap(line => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  const [status] = after('status');
  const [complaint] = after('complaint');
  const answer =
    status === undefined
      ? complaint === undefined
        ? undefined
        : { complaint: cut(complaint) }
      : { status: Number(status) };
  return { host, port, addresses: after('address'), connects: lines.includes('connects'), http: answer };
}

/** Reads what {@link dockerScript} has printed. */
export function readDocker(output: string): GuestDocker {
  const [first = '', ...rest] = output.trim().split('\n');
  const driver = /^driver (\S+)$/.exec(first)?.[1];
  if (driver === undefined) return { driver, ran: cut(output.trim()) || 'no answer in time' };
  const isWell = rest.at(-1)?.trim() === 'doctor';
  return { driver, ran: isWell ? 'doctor' : cut(rest.join(' ').trim()) || 'no word in time' };
}

/** Whether a guest's addresses are enough: with IPv4 wanted, one of IPv6 alone is not. */
export function areEnough(addresses: readonly string[], wantsIpv4: boolean): boolean {
  return addresses.some(address => !wantsIpv4 || !address.includes(':'));
}

/** Addresses of a guest that others reach it by. */
export function addressesOf({ network }: Pick<InstanceState, 'network'>): readonly string[] {
  return Object.entries(network).flatMap(([name, { addresses }]) =>
    // Docker's own bridges are nobody else's affair.
    /^(?:lo|docker|br-|veth)/.test(name)
      ? []
      : addresses.flatMap(({ address, scope }) => (scope === 'global' ? [address] : [])),
  );
}

function cut(text: string): string {
  return text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}...` : text;
}
