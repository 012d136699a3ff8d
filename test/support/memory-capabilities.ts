import type { ArgoCdMapping, Eks } from "../../src/aws/eks/port.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";
import { demandRole } from "./memory-iam.ts";
import { partArn } from "./part-arn.ts";

type CapabilityCalls = Pick<Eks, "capabilities" | "deleteCapability" | "argoCd" | "createArgoCd" | "updateArgoCd">;

const service = "capabilities.eks.amazonaws.com";

/** The capabilities of the in-memory EKS: only those for Argo CD. */
export function memoryCapabilities(world: EksWorld): CapabilityCalls {
  const { clusters, capabilities, entries, iam, phases, change, active } = world;
  const idOf = (name: string): string => `capability ${name}`;
  const demandMappings = (action: string, mappings: readonly ArgoCdMapping[]): void => {
    const empty = mappings.find(({ identities }) => identities.length === 0);
    demand(empty === undefined, action, "InvalidParameterException", `Role ${empty?.role} has no identities`);
  };
  return {
    capabilities: async (cluster) => (clusters.has(cluster) ? [...capabilities.keys()] : []),
    argoCd: async (cluster) => {
      const [name] = clusters.has(cluster) ? capabilities.keys() : [];
      if (name === undefined) return undefined;
      const status = phases.shown(idOf(name));
      const found = capabilities.get(name);
      return found === undefined || status === undefined ? found : { ...found, status };
    },
    createArgoCd: ({ cluster, ...asked }) =>
      change(() => {
        const action = "EKS CreateCapability";
        active(action, cluster);
        const taken = "A capability of type ARGOCD already exists on the cluster";
        demand(capabilities.size === 0, action, "ResourceInUseException", taken);
        demandRole(iam, action, asked.roleArn, service);
        demandMappings(action, asked.mappings);
        demandTags(action, asked.tags);
        const arn = partArn(clusters.get(cluster), "capability", asked.name);
        capabilities.set(asked.name, { ...asked, arn, status: "ACTIVE", issues: [] });
        phases.begin(idOf(asked.name), "CREATING", () => {
          // https://docs.aws.amazon.com/eks/latest/userguide/argocd-register-clusters.html
          const own = { principalArn: asked.roleArn, clusterPolicies: [], tags: {} };
          if (!entries.has(asked.roleArn)) entries.set(asked.roleArn, own);
        });
      }),
    updateArgoCd: (_cluster, name, asked) =>
      phases.update(idOf(name), () => {
        const action = "EKS UpdateCapability";
        const found = capabilities.get(name);
        if (found === undefined) {
          return refuse(action, "ResourceNotFoundException", `No capability found for name: ${name}.`);
        }
        if ("roleArn" in asked) {
          demandRole(iam, action, asked.roleArn, service);
          return void phases.begin(idOf(name), "UPDATING", () => void capabilities.set(name, { ...found, ...asked }));
        }
        const mappings = "set" in asked ? withSet(found.mappings, asked.set) : without(found.mappings, asked.removed);
        if ("set" in asked) demandMappings(action, asked.set);
        phases.begin(idOf(name), "UPDATING", () => void capabilities.set(name, { ...found, mappings }));
      }),
    deleteCapability: async (cluster, name) => {
      if (!clusters.has(cluster) || !capabilities.has(name)) return;
      if (phases.current(idOf(name)) !== "DELETING") phases.settle(idOf(name));
      await change(() => phases.begin(idOf(name), "DELETING", () => void capabilities.delete(name)));
    },
  };
}

function withSet(actual: readonly ArgoCdMapping[], set: readonly ArgoCdMapping[]): readonly ArgoCdMapping[] {
  return [...actual.filter(({ role }) => set.every((each) => each.role !== role)), ...set];
}

function without(actual: readonly ArgoCdMapping[], removed: readonly ArgoCdMapping[]): readonly ArgoCdMapping[] {
  const gone = removed.flatMap(({ role, identities }) => identities.map(({ id }) => `${role} ${id}`));
  const had = new Set(actual.flatMap(({ role, identities }) => identities.map(({ id }) => `${role} ${id}`)));
  const strange = gone.find((each) => !had.has(each));
  demand(strange === undefined, "EKS UpdateCapability", "InvalidParameterException", `There is no mapping ${strange}`);
  return actual.flatMap(({ role, identities }) => {
    const kept = identities.filter(({ id }) => !gone.includes(`${role} ${id}`));
    return kept.length === 0 ? [] : [{ role, identities: kept }];
  });
}
