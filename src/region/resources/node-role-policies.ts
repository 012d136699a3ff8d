import type { Role } from "../../aws/iam/port.ts";
import { asDesired, type Difference, ready } from "../../core/resource.ts";
import { type RegionResource, type RegionWorld, roleName } from "../world.ts";
import { accessEntry } from "./access-entry.ts";
import { askCluster, type NotAnswered } from "./ask-cluster.ts";
import { autoMode } from "./auto-mode.ts";
import { unknownBecause } from "./kubernetes-objects.ts";
import { otherPolicies, shedPolicies } from "./managed-roles.ts";
import { borrowers, podPermissions } from "./pod-permissions.ts";
import { isAuto, nodeRole, nodeRoleFacts } from "./roles.ts";

interface Actual {
  readonly role: Role | undefined;
  /** What works with its permissions, and gets no role: in Auto Mode, it goes with the nodes that it serves. */
  readonly borrowers: readonly string[] | NotAnswered;
}

/**
 * The policies that the nodes' role should not have. They are removed last: the pods of a cluster that gennet did not make
 * work with them until they have their own roles.
 */
export const nodeRolePolicies: RegionResource<Actual, true> = {
  id: "node-role-policies",
  title: "Other policies of the nodes' role",
  needs: [nodeRole, accessEntry, podPermissions, autoMode],
  onlyIfDue: true,
  async read(at) {
    const { world, signal } = at;
    if (at.removing === true || at.output(podPermissions)?.isWide === false) return { role: undefined, borrowers: [] };
    const role = await (await world.aws.service("iam")).role(roleName(world, "node"), signal);
    const isAsked = isAuto(world) && due(role, world).length > 0;
    return { role, borrowers: (isAsked ? await askCluster(at, borrowers) : undefined) ?? [] };
  },
  diff({ role, borrowers: left }, { world }): Difference {
    const operations = due(role, world);
    if (operations.length === 0) return asDesired;
    if ("unknown" in left) return { ...unknownBecause(left.unknown), operations };
    if (left.length === 0) return { operations };
    const reason = `until the pods of ${left.join(" and ")}, which have the permissions of their nodes, are gone`;
    return { operations, obstacle: { kind: "deferred", reason } };
  },
  apply: ({ role }, at) => shedPolicies(role, nodeRoleFacts, at),
  ready: () => ready,
  output: () => true,
};

function due(role: Role | undefined, world: RegionWorld): Difference["operations"] {
  return otherPolicies(role, nodeRoleFacts, world);
}
