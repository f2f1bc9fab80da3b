import { expect, test } from 'vitest';
import { environmentName, environmentOf, expandMacros, jobFolders } from './job-variables.js';

const variables = new Map([
  ['Build.BuildNumber', { value: '7', isSecret: false }],
  ['my var', { value: 'x', isSecret: false }],
  ['apiKey', { value: 'hush', isSecret: true }],
]);

test('keeps tools where the environment says, else with its work', () => {
  expect(jobFolders('/home/agent', '_work', undefined).tools).toBe('/home/agent/_work/_tool');
  expect(jobFolders('/home/agent', '_work', '').tools).toBe('/home/agent/_work/_tool');
  expect(jobFolders('/home/agent', '_work', '/opt/tools').tools).toBe('/opt/tools');
});

test('works below its own root, or where an absolute path says', () => {
  expect(jobFolders('/home/agent', 'builds', undefined).sources).toBe('/home/agent/builds/1/s');
  expect(jobFolders('/home/agent', '/srv/builds', undefined).sources).toBe('/srv/builds/1/s');
});

test('turns dots and blanks into underscores and letters into capitals', () => {
  expect(environmentName('System.TeamProject Id')).toBe('SYSTEM_TEAMPROJECT_ID');
});

test('gives a step the variables that are no secrets, and secrets only where it names them', () => {
  const environment = environmentOf({
    inherited: { PATH: '/bin' },
    variables,
    step: new Map([['KEY', '$(apikey)']]),
    jobStatus: 'Succeeded',
  });
  expect(environment).toEqual({
    PATH: '/bin',
    TF_BUILD: 'True',
    BUILD_BUILDNUMBER: '7',
    MY_VAR: 'x',
    KEY: 'hush',
    AGENT_JOBSTATUS: 'Succeeded',
  });
});

test('replaces the macros it knows and leaves the others to the shell', () => {
  expect(expandMacros('n$(build.buildnumber) $(date) $PATH', variables)).toBe('n7 $(date) $PATH');
});
