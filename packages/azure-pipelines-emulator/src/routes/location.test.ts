import { describe, expect, it } from 'vitest';
import { type Answer, Organisation } from '../../test/scripted-agent.js';
import { ROUTES } from '../app.js';
import { RESOURCES } from '../resources.js';

describe('location discovery', () => {
  it('names no service owner, and every resource with its version', async () => {
    using organisation = new Organisation({ publicUrl: 'http://10.1.2.1:80/emulated/' });
    const { body } = await organisation.admin('GET', '/_apis/connectionData?connectOptions=1&lastChangeId=-1');
    expect(body.deploymentType).toBe('onPremises');
    expect(body.locationServiceData).not.toHaveProperty('serviceOwner');
    expect(body.locationServiceData.accessMappings[0].accessPoint).toBe('http://10.1.2.1:80/emulated');
    expect(body.locationServiceData.serviceDefinitions).toContainEqual({
      serviceType: 'distributedtask',
      identifier: 'e298ef32-5878-4cab-993c-043836571f42',
      displayName: 'agents',
      relativeToSetting: 'fullyQualified',
      relativePath: '/_apis/{area}/pools/{poolId}/{resource}/{agentId}',
      resourceVersion: 1,
      minVersion: '1.0',
      maxVersion: '7.2',
      releasedVersion: '7.1',
    });
  });

  it('tells the same by OPTIONS, of all areas or of one', async () => {
    using organisation = new Organisation();
    expect((await organisation.admin('OPTIONS', '/_apis')).body.count).toBe(RESOURCES.length);
    const { body } = await organisation.admin('OPTIONS', '/_apis/location');
    expect(body.value.map((entry: Answer) => entry.resourceName)).toEqual(['ResourceAreas', 'connectionData']);
  });

  it('leads to routes that exist', () => {
    const plain = (template: string) => `/${template.replaceAll(/\{\w+\}/g, '*')}`;
    const served = new Set(ROUTES.map(route => plain(route.template.slice(1))));
    for (const { area, name, template } of RESOURCES) {
      const whole = plain(template.replace('{area}', area).replace('{resource}', name));
      const short = whole.replace(/\/\*$/, '');
      expect([whole, short].some(path => served.has(path))).toBe(true);
    }
  });

  it('has areas on the hosted service and none elsewhere', async () => {
    using hosted = new Organisation({ deployment: 'hosted' });
    expect((await hosted.admin('GET', '/_apis/ResourceAreas')).body.value).toEqual([
      {
        id: 'a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd',
        name: 'distributedtask',
        locationUrl: 'http://emulator.test/emulated/',
      },
    ]);
    using own = new Organisation();
    expect((await own.admin('GET', '/_apis/ResourceAreas')).body).toEqual({ count: 0, value: null });
  });
});
