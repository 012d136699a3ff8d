import { upgradeCommand } from "../upgrade/upgrade-step.ts";
import type { RegionStatusCheck } from "./status-context.ts";

const id = "region/nodes-version";

export const nodesVersion: RegionStatusCheck = {
  id,
  title: "Kubernetes version of nodes",
  explain:
    "Node groups should have the Kubernetes version of the control plane. EKS upgrades the control plane only if managed node groups have its version, so a group that is behind blocks the next upgrade. Kubernetes supports nodes that are up to three minor versions behind.",
  async run({ world, cluster, nodegroups }) {
    const plane = await cluster();
    if (plane === undefined) return [];
    const groups = await nodegroups();
    const behind = groups.filter(({ version }) => version !== undefined && version !== plane.version);
    if (behind.length > 0) {
      return behind.map(({ name, version }) => ({
        id,
        severity: "warn",
        subject: `node group ${name}`,
        summary: `has Kubernetes ${version}, but the control plane ${plane.version}`,
        fix: upgradeCommand(world.region.name),
      }));
    }
    if (groups.length === 0) return [];
    return [
      { id, severity: "ok", subject: `node groups`, summary: `have the control plane's version ${plane.version}` },
    ];
  },
};
