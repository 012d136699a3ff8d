import type { Eks, EksCluster, Nodegroup, VersionUpdate } from "../../src/aws/eks/port.ts";
import { AppError } from "../../src/core/error.ts";
import { minorOf } from "../../src/core/kubernetes/minor-version.ts";
import { demand } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";

type VersionCalls = Pick<Eks, "clusterUpdates" | "updateEnded" | "updateVersion">;

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
    const last = updates.findLast(({ kind, status }) => kind !== "other" && status === "Successful");
    const isRecent =
      last?.kind === "upgrade" && last.version === cluster.version && now() - Number(last.begunAt) < 7 * dayMs;
    demand(isRecent, action, "InvalidRequestException", "There is no upgrade of the last 7 days to roll back");
    const ahead = groups.filter((group) => minorOf(group.version ?? "") > minorOf(version)).map(({ name }) => name);
    const newer = `Nodegroups ${ahead.join(", ")} are newer than ${version}`;
    demand(ahead.length === 0, action, "InvalidRequestException", newer);
    return "rollback";
  };
  const port: VersionCalls = {
    clusterUpdates: async (name) => (clusters.has(name) ? updates.toReversed() : []),
    updateEnded: async (name, { id }, signal) => {
      signal.throwIfAborted();
      phases.settle(clusters.get(name)?.arn ?? "");
      const at = updates.findIndex((update) => update.id === id);
      const begun = updates[at];
      const cluster = clusters.get(name);
      if (begun === undefined || cluster === undefined) return missing(id);
      if (begun.status === "Successful") return;
      if (begun.status !== "InProgress") {
        throw new AppError("STEP_FAILED", `EKS ended the ${begun.type} of ${name} as ${begun.status}`);
      }
      updates[at] = { ...begun, status: "Successful" };
      if (begun.kind !== "other") clusters.set(name, { ...cluster, version: begun.version });
    },
    updateVersion: async (name, version, signal) => {
      const arn = clusters.get(name)?.arn ?? "";
      const id = `update-${updates.length}`;
      await phases.update(arn, () => {
        const action = "EKS UpdateClusterVersion";
        const cluster = world.active(action, name);
        const isBusy = updates.some(({ status }) => status === "InProgress");
        demand(!isBusy, action, "ResourceInUseException", `Cluster ${name} has an update in progress`);
        const unknown = `unsupported Kubernetes version ${version}`;
        demand(offered.includes(version), action, "InvalidParameterException", unknown);
        const kind = demandStep(action, cluster, version);
        const at = updates.length;
        const type = kind === "upgrade" ? "VersionUpdate" : "VersionRollback";
        const begun = { id, type, kind, version, begunAt: new Date(now()) };
        updates.push({ ...begun, status: "InProgress" });
        // While EKS replaces the nodes of Auto Mode, the status of the cluster does not show it.
        if (kind === "rollback" && cluster.auto !== undefined) return;
        phases.begin(arn, "UPDATING", () => {
          updates[at] = { ...begun, status: "Successful" };
          clusters.set(name, { ...cluster, version });
        });
      });
      await port.updateEnded(name, updates.find((update) => update.id === id) ?? missing(id), signal);
    },
  };
  return port;
}

function missing(id: string): never {
  throw new Error(`there is no update ${id}`);
}
