import { paginateDescribeSnapshots, paginateDescribeVolumes } from "@aws-sdk/client-ec2";
import { fromTags } from "../tags.ts";
import type { Ec2Calls } from "./calls.ts";
import type { Tags } from "../tags.ts";

/** An EBS volume that a storage driver made for a claim of pods. */
export interface ClaimedVolume {
  readonly id: string;
  readonly sizeGb: number;
  /** The ARN of its KMS key. */
  readonly keyArn?: string;
  readonly tags: Tags;
}

export interface Storage {
  /** Returns the volumes of claims, of every cluster in the region. */
  claimedVolumes(signal: AbortSignal): Promise<readonly ClaimedVolume[]>;
  /** Returns the ids of the account's EBS snapshots that are encrypted with a key. */
  snapshotsWith(keyArn: string, signal: AbortSignal): Promise<readonly string[]>;
}

/**
 * The storage driver of EBS sets them on every volume of a claim.
 * https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
 */
const driverTags = ["CSIVolumeName", "kubernetes.io/created-for/pvc/name"];

export function storageCalls({ client, all }: Ec2Calls): Storage {
  return {
    async claimedVolumes(signal) {
      const found = await all(
        signal,
        (options) =>
          paginateDescribeVolumes({ client }, { Filters: [{ Name: "tag-key", Values: driverTags }] }, options),
        (page) => page.Volumes,
      );
      return found.map(({ VolumeId = "", Size = 0, KmsKeyId, Tags }) => ({
        id: VolumeId,
        sizeGb: Size,
        ...(KmsKeyId === undefined ? {} : { keyArn: KmsKeyId }),
        tags: fromTags(Tags),
      }));
    },

    // EC2 does not search by key.
    async snapshotsWith(keyArn, signal) {
      const found = await all(
        signal,
        (options) =>
          paginateDescribeSnapshots(
            { client },
            { OwnerIds: ["self"], Filters: [{ Name: "encrypted", Values: ["true"] }] },
            options,
          ),
        (page) => page.Snapshots,
      );
      return found.flatMap(({ SnapshotId = "", KmsKeyId }) => (KmsKeyId === keyArn ? [SnapshotId] : []));
    },
  };
}
