import {
  DescribeUpdateCommand,
  paginateListUpdates,
  type Update,
  UpdateClusterVersionCommand,
} from "@aws-sdk/client-eks";
import { itemsOf } from "../../core/items-of.ts";
import { mapBounded } from "../../core/bounded.ts";
import type { EksCalls } from "./calls.ts";

type UpdateStatus = "InProgress" | "Successful" | "Failed" | "Cancelled" | (string & {});

/** A change of the Kubernetes version of a cluster. EKS does not report when it ended. */
export interface VersionUpdate {
  readonly id: string;
  readonly kind: "upgrade" | "rollback";
  readonly status: UpdateStatus;
  /** The version that it leads to, `1.34`. */
  readonly version: string;
  readonly begunAt: Date;
}

export interface EksVersionUpdates {
  /** Returns every change of a cluster's version, the latest first; none if the cluster does not exist. */
  versionUpdates(cluster: string, signal: AbortSignal): Promise<readonly VersionUpdate[]>;
  /**
   * Changes the version of the control plane to the next minor version, or back to the one before the last upgrade.
   * https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterVersion.html
   */
  updateVersion(cluster: string, version: string, signal: AbortSignal): Promise<void>;
}

const kinds = { VersionUpdate: "upgrade", VersionRollback: "rollback" } as const;
const readsAtOnce = 4;

export function versionUpdateCalls({ client, call, find, update }: EksCalls): EksVersionUpdates {
  return {
    async versionUpdates(name, signal) {
      const ids = await find(signal, (options) =>
        itemsOf(paginateListUpdates({ client }, { name }, options), (page) => page.updateIds),
      );
      const found = await mapBounded(ids ?? [], readsAtOnce, async (updateId) => {
        const command = new DescribeUpdateCommand({ name, updateId });
        return (await call(signal, (options) => client.send(command, options))).update;
      });
      return found.flatMap(toVersionUpdate).toSorted((one, other) => Number(other.begunAt) - Number(one.begunAt));
    },

    async updateVersion(name, version, signal) {
      const command = new UpdateClusterVersionCommand({ name, version });
      await update({ name }, (options) => client.send(command, options), signal);
    },
  };
}

function toVersionUpdate(update: Update | undefined): readonly VersionUpdate[] {
  const type = update?.type;
  if (type !== "VersionUpdate" && type !== "VersionRollback") return [];
  return [
    {
      id: update?.id ?? "",
      kind: kinds[type],
      status: update?.status ?? "InProgress",
      version: update?.params?.find((each) => each.type === "Version")?.value ?? "",
      begunAt: update?.createdAt ?? new Date(0),
    },
  ];
}
