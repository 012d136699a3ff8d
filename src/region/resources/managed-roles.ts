import type { Role } from "../../aws/iam/port.ts";
import { partitionOf } from "../../core/arn.ts";
import { creation, ready, update } from "../../core/resource.ts";
import { adoption } from "../adoption.ts";
import { owned, ownTags, type RegionResource, roleName } from "../world.ts";

interface RoleFacts {
  readonly id: string;
  readonly title: string;
  /** The last part of its name. */
  readonly suffix: string;
  /** The AWS service that may assume it. */
  readonly service: string;
  /** Names of AWS managed policies. */
  readonly policies: readonly string[];
}

/** An IAM role that an AWS service assumes, with AWS managed policies. Outputs its ARN. */
function managedRole(facts: RoleFacts): RegionResource<Role | undefined, string> {
  const missing = (role: Role | undefined): readonly string[] =>
    facts.policies.filter((policy) => !role?.policies.some((arn) => arn.endsWith(`/${policy}`)));
  return {
    id: facts.id,
    title: facts.title,
    needs: [],
    async read({ world, signal }) {
      const role = await (await world.aws.service("iam")).role(roleName(world, facts.suffix), signal);
      return role && owned(role, `role "${role.name}"`, world);
    },
    diff(role, { world }) {
      const target = `role ${roleName(world, facts.suffix)}`;
      if (role === undefined) return { operations: [creation(target, { policies: facts.policies })] };
      return { operations: missing(role).map((policy) => update(target, "policies", policy)) };
    },
    async apply(role, { world, signal }) {
      const iam = await world.aws.service("iam");
      const name = roleName(world, facts.suffix);
      if (role === undefined) await iam.createRole(name, facts.service, ownTags(world), signal);
      const partition = partitionOf(world.region.awsRegion);
      for (const policy of missing(role)) {
        await iam.attachPolicy(name, `arn:${partition}:iam::aws:policy/${policy}`, signal);
      }
    },
    ready: (role) => (role === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
    output: (role) => role?.arn,
    adoption: adoption({
      kind: "role",
      found: (role) => role,
      tag: async (role, tags, world, signal) =>
        (await world.aws.service("iam")).tagRole(role?.name ?? "", tags, signal),
    }),
  };
}

/** https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html */
export const clusterRole = managedRole({
  id: "cluster-role",
  title: "IAM role of the cluster",
  suffix: "cluster",
  service: "eks.amazonaws.com",
  policies: ["AmazonEKSClusterPolicy"],
});

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
export const nodeRole = managedRole({
  id: "node-role",
  title: "IAM role of the nodes",
  suffix: "node",
  service: "ec2.amazonaws.com",
  policies: ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"],
});
