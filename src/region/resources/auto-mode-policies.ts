import { creation, ready, notVisible } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { type RegionResource, type RegionWorld, roleName } from "../world.ts";
import { policyArn } from "./managed-roles.ts";
import { autoModePolicyNames, clusterRole, isAuto } from "./roles.ts";

/** The names of the policies that the role has. */
type Actual = readonly string[];

/**
 * What Auto Mode may do with the role of the cluster. A removal comes after the cluster has left Auto Mode: until then, EKS
 * needs them to delete its nodes. Outputs whether the role has them.
 * https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
 */
export const autoModePolicies: RegionResource<Actual, true> = {
  id: "auto-mode-policies",
  title: "Policies of Auto Mode",
  needs: [clusterRole],
  wanted: isAuto,
  async read({ world, signal }) {
    const role = await (await world.aws.service("iam")).role(roleName(world, "cluster"), signal);
    return autoModePolicyNames.filter((name) => role?.policies.includes(policyArn(world, name)) === true);
  },
  diff: (attached, { world }) => ({ operations: missing(attached).map((name) => creation(targetOf(name, world))) }),
  async apply(attached, { world, signal }) {
    const iam = await world.aws.service("iam");
    for (const name of missing(attached)) {
      await iam.attachPolicy(roleName(world, "cluster"), policyArn(world, name), signal);
    }
  },
  ready: (attached) => (missing(attached).length === 0 ? ready : notVisible),
  output: (attached) => (missing(attached).length === 0 ? true : undefined),
  removal: {
    diff: (attached, { world }) => deletions(attached.map((name) => targetOf(name, world))),
    async apply(attached, { world, signal }) {
      const iam = await world.aws.service("iam");
      for (const name of attached) {
        await iam.detachPolicy(roleName(world, "cluster"), policyArn(world, name), signal);
      }
    },
    gone: (attached) => (attached.length === 0 ? ready : { state: "waiting", detail: "still visible" }),
  },
};

function missing(attached: Actual): readonly string[] {
  return autoModePolicyNames.filter((name) => !attached.includes(name));
}

function targetOf(policy: string, world: RegionWorld): string {
  return `policy ${policy} of role ${roleName(world, "cluster")}`;
}
