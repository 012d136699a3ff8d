import type { Eks, EksCluster, Nodegroup, VersionUpdate } from "../../src/aws/eks/port.ts";
import { minorOf } from "../../src/core/kubernetes/minor-version.ts";
import { demand } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";

type VersionCalls = Pick<Eks, "versionUpdates" | "updateVersion">;

const dayMs = 24 * 60 * 60_000;

/**
 * The versions of clusters in the in-memory EKS: one minor version at a time, with node groups that are level; and back,
 * within seven days, while no node has the new version.
 * https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html
 */
export function memoryVersions(world: EksWorld, offered: readonly string[]): VersionCalls {
  const { clusters, nodegroups, updates, phases, now } = world;
  const demandStep = (action: string, cluster: EksCluster, version: string): VersionUpdate["kind"] => {
    const step = minorOf(version) - minorOf(cluster.version);
    const unsupported = `Unsupported Kubernetes minor version update from ${cluster.version} to ${version}`;
    demand(Math.abs(step) === 1, action, "InvalidParameterException", unsupported);
    const groups: readonly Nodegroup[] = [...nodegroups.values()];
    if (step === 1) {
      const behind = groups.filter((group) => group.version !== cluster.version).map(({ name }) => name);
      const uneven = `Nodegroups ${behind.join(", ")} must be updated to match cluster version ${cluster.version}`;
      demand(behind.length === 0, action, "InvalidRequestException", uneven);
      return "upgrade";
    }
    const last = updates.findLast(({ status }) => status === "Successful");
    const isRecent =
      last?.kind === "upgrade" && last.version === cluster.version && now() - Number(last.begunAt) < 7 * dayMs;
    demand(isRecent, action, "InvalidRequestException", "There is no upgrade of the last 7 days to roll back");
    const ahead = groups.filter((group) => minorOf(group.version ?? "") > minorOf(version)).map(({ name }) => name);
    const newer = `Nodegroups ${ahead.join(", ")} are newer than ${version}`;
    demand(ahead.length === 0, action, "InvalidRequestException", newer);
    return "rollback";
  };
  return {
    versionUpdates: async (name) => (clusters.has(name) ? updates.toReversed() : []),
    updateVersion: async (name, version) => {
      const arn = clusters.get(name)?.arn ?? "";
      await phases.update(arn, () => {
        const action = "EKS UpdateClusterVersion";
        const cluster = world.active(action, name);
        const unknown = `unsupported Kubernetes version ${version}`;
        demand(offered.includes(version), action, "InvalidParameterException", unknown);
        const kind = demandStep(action, cluster, version);
        const at = updates.length;
        const begun = { id: `update-${at}`, kind, version, begunAt: new Date(now()) };
        updates.push({ ...begun, status: "InProgress" });
        phases.begin(arn, "UPDATING", () => {
          updates[at] = { ...begun, status: "Successful" };
          clusters.set(name, { ...cluster, version });
        });
      });
    },
  };
}
