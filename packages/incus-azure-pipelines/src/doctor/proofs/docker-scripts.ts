/** What docker in a guest is to do, of programs that the guest has: nothing is fetched. Bash, in a folder that stays the same. */

/** An image of three programs and the libraries that they are linked with. */
export const buildScript = [
  'set -e',
  'mkdir image && cd image',
  'for program in /usr/bin/bash /usr/bin/cat /usr/bin/perl; do',
  '  cp --parents --dereference $program $(ldd $program | grep --only-matching "/[^ ]*") .',
  'done',
  'cp --parents --recursive /usr/lib/*/perl-base .',
  'printf \'FROM scratch\\nCOPY . /\\nENTRYPOINT ["/usr/bin/bash", "-c"]\\n\' > Dockerfile',
  'docker build --tag programs .',
].join('\n');

/** A build in two stages by buildx, which puts a file that the first one wrote into a folder of this host and prints it. */
export const buildxScript = [
  'set -e',
  'docker buildx version',
  'mkdir stages && cd stages',
  "cat > Dockerfile <<'END'",
  'FROM programs AS first',
  'RUN ["/usr/bin/bash", "-c", "echo from a stage > /made"]',
  'FROM scratch',
  'COPY --from=first /made /made',
  'END',
  'docker buildx build --output made .',
  'cat made/made',
].join('\n');

export const runScript = "docker run --rm programs 'echo from a container'";

const server =
  'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8080, ReuseAddr => 1); while (my $c = $s->accept) { print $c "from the server\\n"; close $c }';
const client = 'until exec 3<>/dev/tcp/server/8080; do read -t 0.2 <> <(:); done; echo "heard $(cat <&3)"';

/** JSON is YAML. */
const services = {
  services: {
    server: {
      image: 'programs',
      pull_policy: 'never',
      entrypoint: ['/usr/bin/perl', '-MIO::Socket', '-e', server.replaceAll('$', '$$$$')],
    },
    client: {
      image: 'programs',
      pull_policy: 'never',
      command: [client.replaceAll('$', '$$$$')],
      depends_on: ['server'],
    },
  },
};

/** Two services of that image, one of which hears from the other. */
export const composeScript = [
  'mkdir services && cd services',
  `cat > compose.yaml <<'END'\n${JSON.stringify(services)}\nEND`,
  'docker compose up --no-color --abort-on-container-exit --exit-code-from client',
].join('\n');

/** Prints docker's storage driver. */
export const driverScript = 'docker info --format "store {{.Driver}}"';
