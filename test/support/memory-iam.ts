import { hasTags } from "../../src/core/has-tags.ts";
import type { Iam, Role } from "../../src/aws/iam/port.ts";
import { isTrusted, policyOf, type PolicyDocument } from "../../src/core/iam-policy.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

const policiesPerRole = 10;
/** Of all inline policies of a role, without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const inlinePerRole = 10_240;
/** The AWS managed policies that a region uses. */
const awsPolicies = [
  "AmazonEKSClusterPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryPullOnly",
  "service-role/AmazonEBSCSIDriverPolicy",
];

export interface MemoryRoles {
  /** The caller's own role `admin` is there from the beginning. */
  readonly roles: Map<string, Role>;
  /** The instance profiles that a role is in, by the role's name. */
  readonly profiles: Map<string, readonly string[]>;
}

/** Rejects a call of a service that cannot assume the role. */
export function demandRole({ roles }: MemoryRoles, action: string, arn: string, service: string): void {
  const role = [...roles.values()].find((each) => each.arn === arn);
  const why = `Role with arn: ${arn}, could not be assumed because it does not exist or the trusted entity is not correct`;
  demand(role !== undefined && isTrusted(role.trust, service), action, "InvalidParameterException", why);
}

/** In-memory IAM, as its API reference describes it: https://docs.aws.amazon.com/IAM/latest/APIReference */
export function memoryIam(
  target: Pick<AwsTarget, "accountId">,
  { roles, profiles }: MemoryRoles,
  things: Made[],
  { change }: AwsChanges,
): Iam {
  const accountArn = (name: string): string => `arn:aws:iam::${target.accountId}:role/${name}`;
  roles.set("admin", {
    name: "admin",
    arn: accountArn("admin"),
    trust: policyOf(),
    policies: [],
    inline: {},
    tags: {},
  });
  const known = (action: string, name: string): Role =>
    roles.get(name) ?? refuse(action, "NoSuchEntity", `The role with name ${name} cannot be found.`);
  const demandTrust = (action: string, { Statement }: PolicyDocument): void => {
    for (const { Principal = {} } of [Statement].flat()) {
      const services = typeof Principal === "object" ? [Principal["Service"] ?? []].flat() : [];
      const bad = services.find((service) => !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(service));
      demand(bad === undefined, action, "MalformedPolicyDocument", `Invalid principal in policy: "SERVICE":"${bad}"`);
    }
  };
  const set = (action: string, name: string, facts: (role: Role) => Partial<Role>): Promise<void> =>
    change(() => {
      const role = known(action, name);
      roles.set(name, { ...role, ...facts(role) });
    });
  return {
    role: async (name) => roles.get(name),
    roleArn: async (name) => roles.get(name)?.arn,
    createRole: ({ name, path, trust, boundary, tags }) =>
      change(() => {
        const action = "IAM CreateRole";
        const before = roles.get(name);
        if (before !== undefined) {
          // The adapter considers a role with the same tags to be the result of an earlier call.
          const own = hasTags(before.tags, tags);
          demand(own, action, "EntityAlreadyExists", `Role with name ${name} already exists.`);
          return before.arn;
        }
        demand(/^[\w+=,.@-]{1,64}$/.test(name), action, "ValidationError", `The name '${name}' is invalid`);
        demandTrust(action, trust);
        demandTags(action, tags);
        demand(/^\/([!-~]+\/)?$/.test(path), action, "ValidationError", `The path '${path}' is invalid`);
        const arn = accountArn(`${path.slice(1)}${name}`);
        const limits = boundary === undefined ? {} : { boundary };
        roles.set(name, { name, arn, trust, ...limits, policies: [], inline: {}, tags });
        things.push({ kind: "role", id: name, tags: {}, facts: {} });
        return arn;
      }),
    tagRole: (name, tags) =>
      set("IAM TagRole", name, (role) => {
        demandTags("IAM TagRole", { ...role.tags, ...tags });
        return { tags: { ...role.tags, ...tags } };
      }),
    setTrust: (name, trust) =>
      set("IAM UpdateAssumeRolePolicy", name, () => {
        demandTrust("IAM UpdateAssumeRolePolicy", trust);
        return { trust };
      }),
    setBoundary: (name, boundary) =>
      change(() => {
        const { boundary: _, ...others } = known("IAM PutRolePermissionsBoundary", name);
        roles.set(name, boundary === undefined ? others : { ...others, boundary });
      }),
    attachPolicy: (name, policy) =>
      set("IAM AttachRolePolicy", name, (role) => {
        const action = "IAM AttachRolePolicy";
        const [, own] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(policy) ?? [];
        const exists = own !== undefined && awsPolicies.includes(own);
        demand(exists, action, "NoSuchEntity", `Policy ${policy} does not exist or is not attachable.`);
        const policies = [...new Set([...role.policies, policy])];
        const most = `Cannot exceed quota for PoliciesPerRole: ${policiesPerRole}`;
        demand(policies.length <= policiesPerRole, action, "LimitExceeded", most);
        return { policies };
      }),
    detachPolicy: (name, policy) =>
      set("IAM DetachRolePolicy", name, (role) => ({ policies: role.policies.filter((each) => each !== policy) })),
    putInlinePolicy: (name, policy, document) =>
      set("IAM PutRolePolicy", name, (role) => {
        const inline = { ...role.inline, [policy]: document };
        const size = Object.values(inline)
          .map((each) => JSON.stringify(each).replace(/\s/g, ""))
          .join("").length;
        const most = `Maximum policy size of ${inlinePerRole} bytes exceeded for role ${name}`;
        demand(size <= inlinePerRole, "IAM PutRolePolicy", "LimitExceeded", most);
        return { inline };
      }),
    deleteInlinePolicy: (name, policy) =>
      set("IAM DeleteRolePolicy", name, (role) => ({
        inline: Object.fromEntries(Object.entries(role.inline).filter(([each]) => each !== policy)),
      })),
    instanceProfiles: async (name) => profiles.get(name) ?? [],
    removeFromInstanceProfile: (name, profile) =>
      change(
        () =>
          void profiles.set(
            name,
            (profiles.get(name) ?? []).filter((each) => each !== profile),
          ),
      ),
    deleteRole: (name) =>
      change(() => {
        const role = roles.get(name);
        if (role === undefined) return;
        const held = [...role.policies, ...Object.keys(role.inline), ...(profiles.get(name) ?? [])];
        const why = `Cannot delete entity, must detach or delete first: ${held.join(", ")}`;
        demand(held.length === 0, "IAM DeleteRole", "DeleteConflict", why);
        roles.delete(name);
        things.splice(
          things.findIndex((thing) => thing.kind === "role" && thing.id === name),
          1,
        );
      }),
  };
}
