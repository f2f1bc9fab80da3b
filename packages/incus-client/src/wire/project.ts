import type { DeviceMap, StringMap } from './instance.js';

/** What `PUT` takes of a project. */
export interface ProjectPut {
  readonly description?: string;
  readonly config: StringMap;
}

export interface ProjectsPost {
  readonly name: string;
  readonly description?: string;
  /** Features that are not named default to true for images, profiles and storage, to false for networks. */
  readonly config?: StringMap;
}

export interface Project extends ProjectPut {
  readonly name: string;
  readonly description: string;
}

/** What `PUT` takes of a profile. */
export interface ProfilePut {
  readonly description?: string;
  readonly config: StringMap;
  readonly devices: DeviceMap;
}

export interface ProfilesPost {
  readonly name: string;
  readonly description?: string;
  readonly config?: StringMap;
  readonly devices?: DeviceMap;
}

export interface Profile extends ProfilePut {
  readonly name: string;
  readonly description: string;
}
