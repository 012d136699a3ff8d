import {
  DescribeUpdateCommand,
  paginateListUpdates,
  type Update,
  UpdateClusterVersionCommand,
  type UpdateType,
} from "@aws-sdk/client-eks";
import { itemsOf } from "../../core/items-of.ts";
import { readEach } from "../../core/read-each.ts";
import type { EksCalls } from "./calls.ts";

interface BegunUpdate {
  readonly id: string;
  /** As EKS names it: `VersionUpdate`, `LoggingUpdate`. */
  readonly type: string;
  /** InProgress, Successful, Failed, Cancelled. */
  readonly status: string;
  readonly begunAt: Date;
}

/** A change of the Kubernetes version of a cluster. EKS does not report when it ended. */
export interface VersionUpdate extends BegunUpdate {
  readonly kind: "upgrade" | "rollback";
  /** The version that it leads to, `1.34`. */
  readonly version: string;
}

/** Any other change of a cluster. */
interface ConfigurationUpdate extends BegunUpdate {
  readonly kind: "other";
}

export type ClusterUpdate = VersionUpdate | ConfigurationUpdate;

export interface EksClusterUpdates {
  /** Returns every update of a cluster, the latest first; none if the cluster does not exist. */
  clusterUpdates(cluster: string, signal: AbortSignal): Promise<readonly ClusterUpdate[]>;
  /** Waits until an update has ended. Throws STEP_FAILED with the errors that EKS reports if it was not successful. */
  updateEnded(cluster: string, update: ClusterUpdate, signal: AbortSignal): Promise<void>;
  /**
   * Changes the version of the control plane to the next minor version, or back to the one before the last upgrade.
   * https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterVersion.html
   */
  updateVersion(cluster: string, version: string, signal: AbortSignal): Promise<void>;
}

export function clusterUpdateCalls({ client, call, find, update, ended }: EksCalls): EksClusterUpdates {
  return {
    async clusterUpdates(name, signal) {
      const ids = await find(signal, (options) =>
        itemsOf(paginateListUpdates({ client }, { name }, options), (page) => page.updateIds),
      );
      const found = await readEach(ids ?? [], async (updateId) => {
        const command = new DescribeUpdateCommand({ name, updateId });
        return (await call(signal, (options) => client.send(command, options))).update;
      });
      return found.map(toClusterUpdate).toSorted((one, other) => Number(other.begunAt) - Number(one.begunAt));
    },

    async updateEnded(name, { id, type }, signal) {
      await ended({ name }, { id, type: type as UpdateType }, signal);
    },

    async updateVersion(name, version, signal) {
      const command = new UpdateClusterVersionCommand({ name, version });
      await update({ name }, (options) => client.send(command, options), signal);
    },
  };
}

function toClusterUpdate(update: Update): ClusterUpdate {
  const { id = "", type = "update", status = "InProgress", createdAt: begunAt = new Date(0), params } = update;
  const begun = { id, type, status, begunAt };
  if (type !== "VersionUpdate" && type !== "VersionRollback") return { ...begun, kind: "other" };
  const version = params?.find((each) => each.type === "Version")?.value ?? "";
  return { ...begun, kind: type === "VersionUpdate" ? "upgrade" : "rollback", version };
}
