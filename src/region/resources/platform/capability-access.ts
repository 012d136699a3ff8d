import type { AccessEntry } from "../../../aws/eks/port.ts";
import { creation, ready, update } from "../../../core/resource.ts";
import { isCapability } from "../../components/component.ts";
import { platformTags, type RegionResource } from "../../world.ts";
import { adminPolicy, adminPolicyName } from "../access-entry.ts";
import { argoCdCapability } from "./capability.ts";
import { capabilityRole } from "./capability-role.ts";

interface Actual {
  readonly entry: AccessEntry | undefined;
  readonly isAdmin: boolean;
}

const target = "access entry of EKS's Argo CD";

/**
 * What EKS's Argo CD may do in the cluster: as much as one that runs in it, because components have definitions and roles of
 * the cluster. EKS makes its access entry, without any rights.
 * https://docs.aws.amazon.com/eks/latest/userguide/argocd-register-clusters.html
 */
export const capabilityAccess: RegionResource<Actual, true> = {
  id: "argocd-capability-access",
  title: "Access of EKS's Argo CD",
  needs: [argoCdCapability, capabilityRole],
  wanted: isCapability,
  async read(at) {
    const { world, signal } = at;
    const roleArn = at.output(capabilityRole);
    const isThere = at.output(argoCdCapability) !== undefined && roleArn !== undefined;
    if (!isThere || at.removing === true) return { entry: undefined, isAdmin: false };
    const entry = await (await world.aws.service("eks")).accessEntry(world.region.cluster, roleArn, signal);
    return { entry, isAdmin: entry?.clusterPolicies.includes(adminPolicy(world)) === true };
  },
  diff({ entry, isAdmin }) {
    if (entry === undefined) return { operations: [creation(target, { policies: [adminPolicyName] })] };
    return { operations: isAdmin ? [] : [update(target, "policies", adminPolicyName)] };
  },
  async apply({ entry, isAdmin }, at) {
    const { world, signal } = at;
    const eks = await world.aws.service("eks");
    const { cluster } = world.region;
    const roleArn = at.required(capabilityRole);
    // One that was deleted is made again. With the tags of the region, it would be one of its administrators.
    const made = entry ?? (await eks.accessEntry(cluster, roleArn, signal));
    if (made === undefined) await eks.createAccessEntry(cluster, roleArn, platformTags(world), signal);
    if (!isAdmin) await eks.associatePolicy(cluster, roleArn, adminPolicy(world), signal);
  },
  ready: ({ isAdmin }) => (isAdmin ? ready : { state: "waiting", detail: "not visible yet" }),
  output: ({ isAdmin }) => (isAdmin ? true : undefined),
};
