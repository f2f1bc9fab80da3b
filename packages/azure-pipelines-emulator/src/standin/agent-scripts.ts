/** The shell scripts of the stand-in's package: what a person or a unit starts, by the names of the real agent's. */

export interface PackageText {
  /** Below the package's root. */
  readonly path: string;
  readonly text: string;
  readonly isExecutable: boolean;
}

/** Returns the scripts and texts that do not depend on how the package is built. */
export function agentScripts(): readonly PackageText[] {
  return [
    script('config.sh', configScript),
    script('run.sh', runScript),
    script('env.sh', environmentScript),
    script('bin/Agent.Listener', launcher('Agent.Listener', 'listener.js')),
    script('bin/Agent.Worker', launcher('Agent.Worker', 'worker.js')),
    script('bin/installdependencies.sh', dependenciesScript),
    { path: 'license.html', text: license, isExecutable: false },
    { path: 'bin/agent/package.json', text: '{ "type": "module" }\n', isExecutable: false },
  ];
}

function script(path: string, text: string): PackageText {
  return { path, text, isExecutable: true };
}

const license =
  '<!doctype html>\n<title>License</title>\n<p>A stand-in for the Azure Pipelines agent, under the Apache License 2.0.</p>\n';

const configScript = `#!/bin/bash
if [[ $EUID -eq 0 && -z $AGENT_ALLOW_RUNASROOT ]]; then
  echo "Must not run with sudo"
  exit 1
fi
cd -- "$(dirname -- "\${BASH_SOURCE[0]}")" || exit 1
source ./env.sh
if [[ $1 == remove ]]; then
  ./bin/Agent.Listener "$@"
else
  ./bin/Agent.Listener configure "$@"
fi
`;

const runScript = `#!/bin/bash
if [[ $EUID -eq 0 && -z $AGENT_ALLOW_RUNASROOT ]]; then
  echo "Must not run interactively with sudo"
  exit 1
fi
root=\${BASH_SOURCE[0]%/*}
[[ $root == "\${BASH_SOURCE[0]}" ]] && root=.
"$root/bin/Agent.Listener" run $*
exit $?
`;

const dependenciesScript = `#!/bin/bash
# Nothing is downloaded. Some distributions' Node reads parts of itself from fixed paths: the package brings those parts
# along, and they go there unless the machine has its own.
builtins=$(dirname -- "\${BASH_SOURCE[0]}")/../externals/builtins
[[ -d $builtins ]] || exit 0
if [[ $EUID -ne 0 ]]; then
  echo "Need to run with sudo privilege"
  exit 1
fi
cd -- "$builtins" || exit 1
shopt -s globstar
for file in **/*; do
  [[ -d $file || -e /$file ]] && continue
  mkdir -p "/\${file%/*}" && cp -- "$file" "/$file" || exit 1
done
`;

const environmentScript = `#!/bin/bash
# Keeps what the machine says about tools and proxies for later runs, which may start with another environment.
[[ -e .env ]] || : > .env
for name in LANG JAVA_HOME ANT_HOME M2_HOME ANDROID_HOME GRADLE_HOME NVM_BIN NVM_PATH \\
  VSTS_HTTP_PROXY VSTS_HTTP_PROXY_USERNAME VSTS_HTTP_PROXY_PASSWORD LD_LIBRARY_PATH PERL5LIB AGENT_TOOLSDIRECTORY; do
  [[ -n \${!name} && $(< .env) != *"$name="* ]] && echo "$name=\${!name}" >> .env
done
echo "$PATH" > .path
`;

/** The libraries that travel with Node are for Node alone: the program puts the variables back for what it starts. */
function launcher(name: string, program: string): string {
  return `#!/bin/bash
bin=\${BASH_SOURCE[0]%/*}
[[ $bin == /* ]] || bin=$PWD/$bin
for variable in LD_LIBRARY_PATH NODE_OPTIONS; do
  [[ -v $variable ]] && export "STANDIN_KEPT_$variable=\${!variable}"
done
unset NODE_OPTIONS
export LD_LIBRARY_PATH=$bin/lib
exec -a "$bin/${name}" "\${bin%/*}/externals/node/bin/node" "$bin/agent/${program}" "$@"
`;
}
