import type { AccessCalls } from "../../src/aws/eks/access-calls.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";
import { demandRole } from "./memory-iam.ts";

/** Who may use a cluster of the in-memory EKS, and what its pods may use. */
export function memoryAccess({ clusters, entries, identities, iam, change, active }: EksWorld): AccessCalls {
  return {
    accessEntry: async (cluster, principalArn) => (clusters.has(cluster) ? entries.get(principalArn) : undefined),
    accessEntries: async (cluster) => (clusters.has(cluster) ? [...entries.values()] : []),
    createAccessEntry: (name, principalArn, tags) =>
      change(() => {
        const action = "EKS CreateAccessEntry";
        const { authenticationMode } = active(action, name);
        const mode = `The cluster's authentication mode is ${authenticationMode}`;
        demand(authenticationMode !== "CONFIG_MAP", action, "InvalidRequestException", mode);
        const inUse = "The specified access entry resource is already in use on this cluster.";
        demand(!entries.has(principalArn), action, "ResourceInUseException", inUse);
        const exists = [...iam.roles.values()].some(({ arn }) => arn === principalArn);
        const invalid = "The specified principalArn is invalid: invalid principal.";
        demand(exists, action, "InvalidParameterException", invalid);
        demandTags(action, tags);
        entries.set(principalArn, { principalArn, clusterPolicies: [], tags });
      }),
    deleteAccessEntry: async (cluster, principalArn) => {
      if (clusters.has(cluster) && entries.has(principalArn)) await change(() => void entries.delete(principalArn));
    },
    associatePolicy: (name, principalArn, policy) =>
      change(() => {
        const action = "EKS AssociateAccessPolicy";
        active(action, name);
        const entry = entries.get(principalArn);
        if (entry === undefined) refuse(action, "ResourceNotFoundException", `No access entry for ${principalArn}`);
        const exists = /^arn:aws:eks::aws:cluster-access-policy\/AmazonEKS\w+Policy$/.test(policy);
        demand(exists, action, "InvalidParameterException", `The policyArn ${policy} is invalid`);
        const clusterPolicies = [...new Set([...entry.clusterPolicies, policy])];
        entries.set(principalArn, { ...entry, clusterPolicies });
      }),
    podIdentity: async (cluster, { namespace, serviceAccount }) =>
      clusters.has(cluster) ? identities.get(`${namespace}/${serviceAccount}`) : undefined,
    createPodIdentity: (cluster, identity) =>
      change(() => {
        const action = "EKS CreatePodIdentityAssociation";
        active(action, cluster);
        const account = `${identity.namespace}/${identity.serviceAccount}`;
        const free = !identities.has(account);
        demand(free, action, "ResourceInUseException", `Association already exists for ${account}`);
        demandRole(iam, action, identity.roleArn, "pods.eks.amazonaws.com");
        demandTags(action, identity.tags);
        const arn = `${clusters.get(cluster)?.arn}/association/${account}`;
        identities.set(account, { ...identity, id: `a-${account}`, arn });
      }),
    setPodIdentityRole: (_cluster, id, roleArn) =>
      change(() => {
        const action = "EKS UpdatePodIdentityAssociation";
        const found = [...identities].find(([, identity]) => identity.id === id);
        if (found === undefined)
          return refuse(action, "ResourceNotFoundException", `No association found for ID: ${id}`);
        demandRole(iam, action, roleArn, "pods.eks.amazonaws.com");
        const [account, identity] = found;
        identities.set(account, { ...identity, roleArn });
      }),
    deletePodIdentity: (_cluster, id) =>
      change(() => {
        for (const [account, identity] of identities) if (identity.id === id) identities.delete(account);
      }),
  };
}
