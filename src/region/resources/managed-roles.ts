import { type PolicyDocument, statementsOf } from "../../core/iam-policy.ts";
import type { Iam, Role } from "../../aws/iam/port.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import type { Operation } from "../../core/operation.ts";
import {
  asDesired,
  blocked,
  creation,
  ready,
  type Removal,
  readyIfThere,
  type ResourceContext,
} from "../../core/resource.ts";
import { partitionOf } from "../../core/arn.ts";
import { adoption } from "../adoption.ts";
import { deletions } from "../differences.ts";
import { owned, ownTags, type RegionResource, type RegionWorld, roleName } from "../world.ts";

export interface RoleFacts {
  readonly id: string;
  readonly title: string;
  /** The last part of its name. */
  readonly suffix: string;
  readonly trust: (world: RegionWorld) => PolicyDocument;
  /** Names of AWS managed policies, with their path. */
  readonly policies?: (world: RegionWorld) => readonly string[];
  /** Names of AWS managed policies that another resource attaches to it and detaches. */
  readonly passing?: readonly string[];
  /** Its inline policies by name. */
  readonly inline?: (world: RegionWorld) => Readonly<Record<string, PolicyDocument>>;
  readonly wanted?: (world: RegionWorld) => boolean;
  /** Whether another resource, which comes later, removes the policies that it should not have. */
  readonly isShedLater?: boolean;
}

/**
 * An IAM role that an AWS service assumes. It has no other policies than these, so that nothing widens it unseen.
 * Outputs its ARN.
 */
export function managedRole(facts: RoleFacts): RegionResource<Role | undefined, string> {
  const targetOf = (world: RegionWorld): string => `role ${roleName(world, facts.suffix)}`;
  return {
    id: facts.id,
    title: facts.title,
    needs: [],
    ...(facts.wanted === undefined ? {} : { wanted: facts.wanted }),
    async read({ world, signal }) {
      const role = await (await world.aws.service("iam")).role(roleName(world, facts.suffix), signal);
      return role && owned(role, `role "${role.name}"`, world);
    },
    diff(role, { world }) {
      const target = targetOf(world);
      const own = differenceOf(target, role && fieldsOf(role), desiredFields(facts, world));
      const shed = facts.isShedLater === true ? [] : otherPolicies(role, facts, world);
      const operations = [...own.operations, ...policyOperations(role, facts, world), ...shed];
      const [before, after] = [role && pathOf(role), world.platform.rolePath];
      if (before === undefined || before === after) return { operations };
      const moved: Operation = { verb: "replace", target, field: "path", before, after };
      return blocked(
        `its path is ${before}, gennet.yaml has ${after}: IAM keeps the path of a role, and the cluster keeps its role, so set rolePath to ${before}, or destroy the region and bootstrap it again`,
        [moved, ...operations],
      );
    },
    async apply(role, { world, signal }) {
      const iam = await world.aws.service("iam");
      const name = roleName(world, facts.suffix);
      const trust = facts.trust(world);
      const boundary = world.platform.permissionsBoundary;
      const path = world.platform.rolePath;
      if (role === undefined) await iam.createRole({ name, path, trust, boundary, tags: ownTags(world) }, signal);
      for (const { field } of differenceOf("", role && fieldsOf(role), desiredFields(facts, world)).operations) {
        if (field === "trust") await iam.setTrust(name, trust, signal);
        if (field === "permissions boundary") await iam.setBoundary(name, boundary, signal);
      }
      const policies = policyArns(facts, world);
      const inline = facts.inline?.(world) ?? {};
      for (const arn of policies) if (role?.policies.includes(arn) !== true) await iam.attachPolicy(name, arn, signal);
      for (const [policy, document] of Object.entries(inline)) {
        if (!isSame(role?.inline[policy], document)) await iam.putInlinePolicy(name, policy, document, signal);
      }
      if (facts.isShedLater !== true) await shedPolicies(role, facts, { world, signal });
    },
    ready: readyIfThere,
    output: (role) => role?.arn,
    removal: removalOf(targetOf),
    adoption: adoption({
      kind: "role",
      found: (role) => role,
      tag: async (role, tags, world, signal) =>
        (await world.aws.service("iam")).tagRole(role?.name ?? "", tags, signal),
    }),
  };
}

function removalOf(targetOf: (world: RegionWorld) => string): Removal<RegionWorld, Role | undefined> {
  return {
    diff: (role, { world }) =>
      role === undefined ? asDesired : { operations: [{ verb: "delete", target: targetOf(world) }] },
    // IAM rejects the deletion of a role that has policies or is in an instance profile.
    async apply(role, { world, signal }) {
      if (role === undefined) return;
      const iam = await world.aws.service("iam");
      await strip(iam, role, { policies: [], inline: {} }, signal);
      for (const profile of await iam.instanceProfiles(role.name, signal)) {
        await iam.removeFromInstanceProfile(role.name, profile, signal);
      }
      await iam.deleteRole(role.name, signal);
    },
    gone: (role) => (role === undefined ? ready : { state: "waiting", detail: "still visible" }),
  };
}

/** Removes the policies that a role should not have. */
export async function shedPolicies(
  role: Role | undefined,
  facts: RoleFacts,
  { world, signal }: Pick<ResourceContext<RegionWorld>, "world" | "signal">,
): Promise<void> {
  const policies = [...policyArns(facts, world), ...passingArns(facts, world)];
  await strip(await world.aws.service("iam"), role, { policies, inline: facts.inline?.(world) ?? {} }, signal);
}

/** Removes all policies of a role but these. */
async function strip(
  iam: Iam,
  role: Role | undefined,
  kept: Pick<Role, "policies" | "inline">,
  signal: AbortSignal,
): Promise<void> {
  if (role === undefined) return;
  for (const arn of role.policies) if (!kept.policies.includes(arn)) await iam.detachPolicy(role.name, arn, signal);
  for (const policy of Object.keys(role.inline)) {
    if (!(policy in kept.inline)) await iam.deleteInlinePolicy(role.name, policy, signal);
  }
}

function desiredFields({ trust }: RoleFacts, world: RegionWorld): Fields {
  return { trust: statementsOf(trust(world)), "permissions boundary": world.platform.permissionsBoundary ?? "none" };
}

function fieldsOf({ trust, boundary }: Role): Fields {
  return { trust: statementsOf(trust), "permissions boundary": boundary ?? "none" };
}

/** Returns the path, which the ARN contains: `arn:aws:iam::111122223333:role/platform/acme-eu-node`. */
function pathOf({ arn, name }: Role): string {
  return arn.slice(arn.indexOf("/"), arn.length - name.length);
}

/** Each policy is its own target: a run may be killed between two of them. */
function policyOperations(role: Role | undefined, facts: RoleFacts, world: RegionWorld): readonly Operation[] {
  const targetOf = (policy: string): string => policyTarget(policy, facts, world);
  const policies = policyArns(facts, world);
  const inline = facts.inline?.(world) ?? {};
  return [
    ...policies.filter((arn) => role?.policies.includes(arn) !== true).map((arn) => creation(targetOf(lastPart(arn)))),
    ...Object.entries(inline).flatMap(([name, document]) => {
      const before = role?.inline[name];
      const actual = before && { allows: statementsOf(before) };
      return differenceOf(targetOf(name), actual, { allows: statementsOf(document) }).operations;
    }),
  ];
}

/** Returns the deletion of each policy that a role should not have. */
export function otherPolicies(role: Role | undefined, facts: RoleFacts, world: RegionWorld): readonly Operation[] {
  const known = [...policyArns(facts, world), ...passingArns(facts, world)];
  const inline = facts.inline?.(world) ?? {};
  const attached = (role?.policies ?? []).filter((arn) => !known.includes(arn)).map(lastPart);
  const others = [...attached, ...Object.keys(role?.inline ?? {}).filter((name) => !(name in inline))];
  return deletions(others.map((name) => policyTarget(name, facts, world))).operations;
}

function policyTarget(policy: string, { suffix }: RoleFacts, world: RegionWorld): string {
  return `policy ${policy} of role ${roleName(world, suffix)}`;
}

function policyArns({ policies }: RoleFacts, world: RegionWorld): readonly string[] {
  return (policies?.(world) ?? []).map((name) => policyArn(world, name));
}

function passingArns({ passing = [] }: RoleFacts, world: RegionWorld): readonly string[] {
  return passing.map((name) => policyArn(world, name));
}

/** Returns the ARN of an AWS managed policy. */
export function policyArn({ region }: RegionWorld, name: string): string {
  return `arn:${partitionOf(region.awsRegion)}:iam::aws:policy/${name}`;
}

function lastPart(arn: string): string {
  return arn.split("/").at(-1) ?? arn;
}

function isSame(one: PolicyDocument | undefined, other: PolicyDocument): boolean {
  return one !== undefined && statementsOf(one).toSorted().join("\n") === statementsOf(other).toSorted().join("\n");
}
