/** The agent's own tarball: found by platform, fetched from this server. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AzureError } from '../errors.js';
import { type Call, json, jsonList, type Route } from '../route.js';

const PACKAGES = '/_apis/distributedtask/packages';
const DOWNLOAD = '/_download/agent/{version}/{filename}';
const PLATFORMS: readonly string[] = ['linux-x64', 'linux-arm64'];
const callers = ['organisation', 'agent'] as const;

/** Routes of agent packages. The tarball itself is open to everybody, as it is at Microsoft's. */
export const packageRoutes: readonly Route[] = [
  { method: 'GET', template: `${PACKAGES}/{packageType}`, callers, answer: call => jsonList(offered(call)) },
  { method: 'GET', template: `${PACKAGES}/{packageType}/{platform}`, callers, answer: call => jsonList(offered(call)) },
  { method: 'GET', template: `${PACKAGES}/{packageType}/{platform}/{version}`, callers, answer: getVersion },
  { method: 'GET', template: DOWNLOAD, callers: [], answer: download },
];

function getVersion(call: Call): Response {
  const [found] = offered(call);
  if (found === undefined || call.params.version !== call.world.settings.agentPackage?.version) {
    throw new AzureError(404, 'PackageNotFoundException', `No package ${call.params.version} found.`);
  }
  return json(found);
}

function offered(call: Call): readonly object[] {
  const { agentPackage } = call.world.settings;
  if (agentPackage === undefined || call.params.packageType !== 'agent') return [];
  const platform = call.params.platform ?? call.query.get('platform');
  const { version, sha256 } = agentPackage;
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return PLATFORMS.filter(name => platform === null || name === platform).map(name => {
    const filename = `vsts-agent-${name}-${version}.tar.gz`;
    return {
      type: 'agent',
      platform: name,
      createdOn: '2026-01-01T00:00:00.000Z',
      version: { major, minor, patch },
      downloadUrl: `${call.calledUrl}/_download/agent/${version}/${filename}`,
      hashValue: sha256,
      infoUrl: 'https://go.microsoft.com/fwlink/?LinkId=798199',
      filename,
    };
  });
}

async function download(call: Call): Promise<Response> {
  const { agentPackage } = call.world.settings;
  const { version, filename } = call.params;
  const names = PLATFORMS.map(name => `vsts-agent-${name}-${agentPackage?.version}.tar.gz`);
  if (agentPackage === undefined || version !== agentPackage.version || !names.includes(filename ?? '')) {
    throw new AzureError(404, 'PackageNotFoundException', `No package ${filename} found.`);
  }
  const { size } = await stat(agentPackage.path);
  const file = Readable.toWeb(createReadStream(agentPackage.path)) as ReadableStream;
  return new Response(file, { headers: { 'Content-Type': 'application/gzip', 'Content-Length': String(size) } });
}
