import type { Iam, Role } from "../../src/aws/iam/port.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

const policiesPerRole = 10;
/** The AWS managed policies that a region uses. */
const awsPolicies = [
  "AmazonEKSClusterPolicy",
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryPullOnly",
];

export interface MemoryRoles {
  /** The caller's own role `admin` is there from the beginning. */
  readonly roles: Map<string, Role>;
  /** The service that may assume a role, by the role's name. */
  readonly trusted: Map<string, string>;
}

/** In-memory IAM, as its API reference describes it: https://docs.aws.amazon.com/IAM/latest/APIReference */
export function memoryIam(
  target: Pick<AwsTarget, "accountId">,
  { roles, trusted }: MemoryRoles,
  things: Made[],
  { change }: AwsChanges,
): Iam {
  const accountArn = (name: string): string => `arn:aws:iam::${target.accountId}:role/${name}`;
  roles.set("admin", { name: "admin", arn: accountArn("admin"), policies: [], tags: {} });
  const iam: Iam = {
    role: async (name) => roles.get(name),
    createRole: (name, service, tags) =>
      change(() => {
        const action = "IAM CreateRole";
        const before = roles.get(name);
        if (before !== undefined) {
          // The adapter considers a role with the same tags to be the result of an earlier call.
          const own = Object.entries(tags).every(([key, value]) => before.tags[key] === value);
          demand(own, action, "EntityAlreadyExists", `Role with name ${name} already exists.`);
          return before.arn;
        }
        demand(/^[\w+=,.@-]{1,64}$/.test(name), action, "ValidationError", `The name '${name}' is invalid`);
        const principal = /^[a-z0-9.-]+\.amazonaws\.com$/.test(service);
        demand(principal, action, "MalformedPolicyDocument", `Invalid principal in policy: "SERVICE":"${service}"`);
        demandTags(action, tags);
        const arn = accountArn(name);
        roles.set(name, { name, arn, policies: [], tags });
        trusted.set(name, service);
        things.push({ kind: "role", id: name, tags: {}, facts: {} });
        return arn;
      }),
    tagRole: (name, tags) =>
      change(() => {
        const action = "IAM TagRole";
        const role = roles.get(name);
        if (role === undefined) return refuse(action, "NoSuchEntity", `The role with name ${name} cannot be found.`);
        demandTags(action, { ...role.tags, ...tags });
        roles.set(name, { ...role, tags: { ...role.tags, ...tags } });
      }),
    attachPolicy: (name, policy) =>
      change(() => {
        const action = "IAM AttachRolePolicy";
        const role = roles.get(name);
        if (role === undefined) return refuse(action, "NoSuchEntity", `The role with name ${name} cannot be found.`);
        const [, own] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(policy) ?? [];
        const exists = own !== undefined && awsPolicies.includes(own);
        demand(exists, action, "NoSuchEntity", `Policy ${policy} does not exist or is not attachable.`);
        const policies = [...new Set([...role.policies, policy])];
        const most = `Cannot exceed quota for PoliciesPerRole: ${policiesPerRole}`;
        demand(policies.length <= policiesPerRole, action, "LimitExceeded", most);
        roles.set(name, { ...role, policies });
      }),
  };
  return iam;
}
