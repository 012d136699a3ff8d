import type { ClaimedVolume } from "../../aws/ec2/storage.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { reported } from "../kept.ts";
import type { RegionWorld } from "../world.ts";

/**
 * The volumes that pods have claimed. They have the data of services, and the driver that would delete them goes with
 * the cluster.
 */
export const claimedVolumes = reported<ClaimedVolume>({
  id: "volumes",
  title: "Volumes of claims",
  async find({ world, signal }) {
    const found = await (await world.aws.service("ec2")).claimedVolumes(signal);
    return found.filter((volume) => isOfCluster(volume, world));
  },
  shown({ id, sizeGb, tags }, world) {
    const claim = tags["kubernetes.io/created-for/pvc/name"];
    const namespace = tags["kubernetes.io/created-for/pvc/namespace"];
    const of = claim === undefined ? "" : ` of claim ${namespace === undefined ? claim : `${namespace}/${claim}`}`;
    const command = `aws ec2 delete-volume --volume-id ${id} ${awsFlags(world)}`;
    return `EBS volume ${id}${of} (${sizeGb} GiB); to delete it with its data: ${command}`;
  },
});

/**
 * The driver of EBS tags its volumes with one of the first two, EKS Auto Mode with the third.
 * https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
 */
function isOfCluster({ tags }: ClaimedVolume, { region: { cluster } }: RegionWorld): boolean {
  return (
    tags[`kubernetes.io/cluster/${cluster}`] === "owned" ||
    tags["KubernetesCluster"] === cluster ||
    tags["eks:eks-cluster-name"] === cluster
  );
}
