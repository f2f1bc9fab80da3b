/**
 * The ids under which clients look up what agents need; they are the same on every server. Source: the resource ids in the
 * SDKs of Azure DevOps.
 */
export const RESOURCE_IDS: Readonly<Record<string, string>> = {
  pools: 'a8c47e17-4d56-4a56-92bb-de7ea7dc65be',
  agents: 'e298ef32-5878-4cab-993c-043836571f42',
  sessions: '134e239e-2df3-4794-a6f6-24f1f19ec8dc',
  messages: 'c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7',
  jobrequests: 'fc825784-c92a-4299-9221-998a02d1b54f',
  packages: '8ffcd551-079c-493a-9c02-54346299d144',
  timelines: '83597576-cc2c-453c-bea6-2882ae6a1653',
  records: '8893bc5b-35b2-4be7-83cb-99e683551db4',
  feed: '858983e4-19bd-4c5e-864c-507b59b58b12',
  logs: '46f5667d-263a-4684-91b1-dff7fdcf64e2',
  events: '557624af-b29e-4c20-8ab0-0399d2204f3f',
};

/** Id of the area that all of these belong to. */
const AREA_ID = 'a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd';
const NO_ID = '00000000-0000-0000-0000-000000000000';

const PUBLIC = new Set([...Object.values(RESOURCE_IDS), AREA_ID, NO_ID]);

/** Whether an id says nothing about whose server it is. */
export function isPublicId(id: string): boolean {
  return PUBLIC.has(id.toLowerCase());
}

/** Any id, wherever it stands in a text. */
export const ANY_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
