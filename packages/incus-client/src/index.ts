export { connectIncus, type IncusClient, type IncusOptions } from './client.js';
export { type Connection, findSocket } from './connection.js';
export type { CallOptions } from './deadline.js';
export { IncusError, type IncusErrorKind, ignoreNotFound, isIncusError } from './errors.js';
export type { Backoff, SubscribeOptions } from './follow-events.js';
export type { OperationProgress } from './progress.js';
export type { CallReport } from './request.js';
export type { Certificates } from './resources/certificates.js';
export type { Events } from './resources/events.js';
export type { Exec, ExecRequest, ExecResult } from './resources/exec.js';
export type { FileAttributes, Files, PulledFile, PushAttributes } from './resources/files.js';
export type { Images, ImportOptions, PublishRequest, StoredImage } from './resources/images.js';
export type { Instances, ListInstancesOptions } from './resources/instances.js';
export type { NetworkAcls } from './resources/network-acls.js';
export type { Networks } from './resources/networks.js';
export type { Operations } from './resources/operations.js';
export type { Profiles } from './resources/profiles.js';
export type { Projects } from './resources/projects.js';
export type { Server } from './resources/server.js';
export type { StoragePools } from './resources/storage-pools.js';
export type { OpenTerminal, Terminal, TerminalRequest, TerminalSize } from './resources/terminal.js';
export type { Stdin } from './stdin.js';
export type { WaitOptions, WaitOutcome } from './wait.js';
export type {
  EventType,
  GapEvent,
  IncusEvent,
  LifecycleEvent,
  LoggingEvent,
  OperationEvent,
} from './wire/event.js';
export type { Image, ImageAlias } from './wire/image.js';
export type {
  CopySource,
  DeviceMap,
  ImageSource,
  Instance,
  InstancePatch,
  InstanceSource,
  InstanceStatePut,
  InstancesPost,
  StringMap,
} from './wire/instance.js';
export type { InstanceFull, InstanceState, InstanceStateNetwork } from './wire/instance-state.js';
export type {
  Network,
  NetworkAcl,
  NetworkAclPut,
  NetworkAclRule,
  NetworkLease,
  NetworkPut,
  NetworksPost,
} from './wire/network.js';
export { type Operation, operationStatus } from './wire/operation.js';
export type { Profile, ProfilePut, ProfilesPost, Project, ProjectPut, ProjectsPost } from './wire/project.js';
export type {
  Certificate,
  CertificatesPost,
  GraphicsCard,
  HostResources,
  ServerEnvironment,
  ServerInfo,
  StoragePool,
  StoragePoolResources,
} from './wire/server.js';
