import { takeFullPorts } from "../../sandbox/src/full/ports.ts";
import type { SandboxState } from "../../sandbox/src/state.ts";

/** The state of a sandbox of profile core with two regions. */
export const coreState: SandboxState = {
  format: 1,
  name: "default",
  profile: "core",
  createdAt: "2026-01-01T00:00:00Z",
  regions: ["eu-west-1", "us-east-1"].map((awsRegion) => ({
    awsRegion,
    ports: { etcd: 1, etcdPeer: 2, apiserver: 3, controllerManager: 4, scheduler: 5, kwok: 6 },
  })),
  aws: { port: 7, authenticatorPort: 8, clockScale: 60, accountId: "1", accessKeyId: "AKIAX", secretAccessKey: "hush" },
  processes: {},
};

let next = 20_000;

/** The state of the same sandbox with profile full. */
export const fullState: SandboxState = {
  ...coreState,
  profile: "full",
  regions: coreState.regions.map((region) => ({ ...region, full: takeFullPorts(() => next++) })),
};
