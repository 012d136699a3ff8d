import type { PodIdentity } from "../../aws/eks/port.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import { type AnyResource, asDesired, type Provider, ready, readyIfThere } from "../../core/resource.ts";
import { adoption } from "../adoption.ts";
import { owned, ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import {
  autoscalerAccount,
  clusterAutoscaler,
  loadBalancerAccount,
  loadBalancerController,
} from "../components/managed-nodes.ts";
import { autoscalerRole, loadBalancerRole } from "./controller-roles.ts";
import { eksCluster } from "./eks-cluster.ts";
import { podIdentityAgent } from "./pod-identity-agent.ts";
import { isManaged, networkRole, secretsRole, storageRole } from "./roles.ts";

interface IdentityFacts {
  readonly id: string;
  readonly title: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: AnyResource<RegionWorld> & Provider<string>;
  readonly wanted?: (world: RegionWorld) => boolean;
}

interface Actual {
  readonly identity: PodIdentity | undefined;
  readonly roleArn: string | undefined;
}

/**
 * The IAM role of a service account, by EKS Pod Identity. Pods get it when they are created, so it comes before them.
 * Outputs its id. https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
 */
function podIdentity(facts: IdentityFacts): RegionResource<Actual, string> {
  const { namespace, serviceAccount } = facts;
  const target = `${namespace}/${serviceAccount}`;
  return {
    id: facts.id,
    title: facts.title,
    needs: [eksCluster, facts.role, podIdentityAgent],
    ...(facts.wanted === undefined ? {} : { wanted: facts.wanted }),
    async read(at) {
      const { world, signal } = at;
      const roleArn = at.output(facts.role);
      if (at.output(eksCluster) === undefined) return { identity: undefined, roleArn };
      const eks = await world.aws.service("eks");
      const found = await eks.podIdentity(world.region.cluster, { namespace, serviceAccount }, signal);
      return { identity: found && owned(found, `Pod Identity association of ${target}`, world), roleArn };
    },
    diff({ identity, roleArn }) {
      const desired: Fields = { role: facts.role.id };
      if (identity === undefined) return differenceOf(target, undefined, desired);
      // The role keeps its ARN when it is created again.
      const isOwn = roleArn === undefined || identity.roleArn === roleArn;
      return differenceOf(target, { role: isOwn ? facts.role.id : identity.roleArn }, desired);
    },
    async apply({ identity }, at) {
      const { world, signal } = at;
      const eks = await world.aws.service("eks");
      const { cluster } = world.region;
      const roleArn = at.required(facts.role);
      if (identity !== undefined) return eks.setPodIdentityRole(cluster, identity.id, roleArn, signal);
      await eks.createPodIdentity(cluster, { namespace, serviceAccount, roleArn, tags: ownTags(world) }, signal);
    },
    ready: ({ identity }) => readyIfThere(identity),
    output: ({ identity }) => identity?.id,
    adoption: adoption({
      kind: "Pod Identity association of",
      found: ({ identity }) => identity && { name: target, tags: identity.tags },
      tag: async ({ identity }, tags, world, signal) =>
        (await world.aws.service("eks")).tag(identity?.arn ?? "", tags, signal),
    }),
    removal: {
      diff: ({ identity }) => (identity === undefined ? asDesired : { operations: [{ verb: "delete", target }] }),
      async apply({ identity }, { world, signal }) {
        if (identity === undefined) return;
        await (await world.aws.service("eks")).deletePodIdentity(world.region.cluster, identity.id, signal);
      },
      gone: ({ identity }) => (identity === undefined ? ready : { state: "waiting", detail: "still visible" }),
    },
  };
}

export const networkIdentity = podIdentity({
  id: "vpc-cni-identity",
  title: "Pod Identity of the VPC CNI",
  namespace: "kube-system",
  serviceAccount: "aws-node",
  role: networkRole,
  wanted: isManaged,
});

export const storageIdentity = podIdentity({
  id: "ebs-csi-identity",
  title: "Pod Identity of the EBS CSI driver",
  namespace: "kube-system",
  serviceAccount: "ebs-csi-controller-sa",
  role: storageRole,
  wanted: isManaged,
});

export const secretsIdentity = podIdentity({
  id: "external-secrets-identity",
  title: "Pod Identity of External Secrets",
  namespace: "external-secrets",
  serviceAccount: "external-secrets",
  role: secretsRole,
});

export const loadBalancerIdentity = podIdentity({
  id: "load-balancer-controller-identity",
  title: "Pod Identity of the AWS Load Balancer Controller",
  ...loadBalancerAccount,
  role: loadBalancerRole,
  wanted: loadBalancerController.isWanted,
});

export const autoscalerIdentity = podIdentity({
  id: "cluster-autoscaler-identity",
  title: "Pod Identity of the Cluster Autoscaler",
  ...autoscalerAccount,
  role: autoscalerRole,
  wanted: clusterAutoscaler.isWanted,
});
