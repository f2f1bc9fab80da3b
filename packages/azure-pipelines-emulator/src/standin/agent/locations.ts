/** The service's resources by the identifiers under which a server publishes their routes. */
export const locations = {
  pools: 'a8c47e17-4d56-4a56-92bb-de7ea7dc65be',
  agents: 'e298ef32-5878-4cab-993c-043836571f42',
  sessions: '134e239e-2df3-4794-a6f6-24f1f19ec8dc',
  messages: 'c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7',
  jobRequests: 'fc825784-c92a-4299-9221-998a02d1b54f',
  records: '8893bc5b-35b2-4be7-83cb-99e683551db4',
  feed: '858983e4-19bd-4c5e-864c-507b59b58b12',
  logs: '46f5667d-263a-4684-91b1-dff7fdcf64e2',
  events: '557624af-b29e-4c20-8ab0-0399d2204f3f',
} as const;

export type Location = keyof typeof locations;
