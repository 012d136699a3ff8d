import type { ArgoCdCapability, ArgoCdMapping } from "../../../aws/eks/port.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { rolloutOf, type WorkloadObject } from "../../../core/kubernetes/workload.ts";
import { asDesired, blocked, type Difference, ready, type ResourceContext } from "../../../core/resource.ts";
import { adoption } from "../../adoption.ts";
import { argoCdNamespace, isCapability } from "../../components/component.ts";
import { failureOf, waitingFor } from "../../eks-health.ts";
import { owned, ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { accessEntry } from "../access-entry.ts";
import { controllerObjects } from "../argocd-controller.ts";
import { askCluster } from "../ask-cluster.ts";
import { eksCluster } from "../eks-cluster.ts";
import { namespaces } from "../namespaces.ts";
import { capabilityRole } from "./capability-role.ts";
import { changesIn, desiredMappings, membersOf } from "./capability-roles.ts";

type At = ResourceContext<RegionWorld>;

interface Actual {
  readonly capability: ArgoCdCapability | undefined;
  readonly roleArn: string | undefined;
  /** Where Argo CD runs in the cluster itself; only read while there is no capability. */
  readonly rival?: string;
}

const name = "argocd";
/** EKS keeps them. */
const immutable = ["namespace", "identity center", "identity center region"];

/**
 * Argo CD that AWS runs outside of the cluster, whose definitions EKS installs in the cluster. Outputs its ARN, once it can
 * be used. https://docs.aws.amazon.com/eks/latest/userguide/argocd.html
 */
export const argoCdCapability: RegionResource<Actual, string> = {
  id: "argocd-capability",
  title: "Argo CD of EKS",
  needs: [eksCluster, capabilityRole, accessEntry, namespaces],
  inCluster: true,
  wanted: isCapability,
  async read(at) {
    const { world, signal } = at;
    const roleArn = at.output(capabilityRole);
    if (at.output(eksCluster) === undefined) return { capability: undefined, roleArn };
    const found = await (await world.aws.service("eks")).argoCd(world.region.cluster, signal);
    if (found !== undefined) return { capability: owned(found, `capability "${found.name}"`, world), roleArn };
    const rival = await rivalOf(at);
    return { capability: undefined, roleArn, ...(rival === undefined ? {} : { rival }) };
  },
  diff: differenceFrom,
  async apply({ capability }, at) {
    const { world, signal } = at;
    const eks = await world.aws.service("eks");
    const { cluster } = world.region;
    if (capability?.status === "CREATE_FAILED") await eks.deleteCapability(cluster, capability.name, signal);
    if (capability !== undefined) await eks.settled(cluster, { capability: capability.name }, signal);
    const now = capability === undefined ? undefined : await eks.argoCd(cluster, signal);
    if (now === undefined) return create(at);
    const roleArn = at.required(capabilityRole);
    if (now.roleArn !== roleArn) await eks.updateArgoCd(cluster, now.name, { roleArn }, signal);
    for (const change of changesIn(now.mappings, mappingsFor(world))) {
      await eks.updateArgoCd(cluster, now.name, change, signal);
    }
  },
  ready({ capability }) {
    if (capability?.status === "ACTIVE") return ready;
    if (capability?.status.endsWith("_FAILED")) return failureOf(capability);
    return waitingFor(capability);
  },
  output: ({ capability }) =>
    capability === undefined || !["ACTIVE", "UPDATING", "DEGRADED"].includes(capability.status)
      ? undefined
      : capability.arn,
  adoption: adoption({
    kind: "capability",
    found: ({ capability }) => capability,
    tag: async ({ capability }, tags, world, signal) =>
      (await world.aws.service("eks")).tag(capability?.arn ?? "", tags, signal),
  }),
  removal: {
    diff: ({ capability }) =>
      capability === undefined || capability.status === "DELETING"
        ? asDesired
        : { operations: [{ verb: "delete", target: `capability ${capability.name}` }] },
    async apply({ capability }, { world, signal }) {
      if (capability === undefined) return;
      await (await world.aws.service("eks")).deleteCapability(world.region.cluster, capability.name, signal);
    },
    gone({ capability }) {
      if (capability === undefined) return ready;
      return capability.status === "DELETE_FAILED" ? failureOf(capability) : waitingFor(capability);
    },
  },
};

function differenceFrom({ capability, roleArn, rival }: Actual, { world }: At): Difference {
  const desired = desiredFields(world);
  if (capability === undefined || capability.status === "DELETING") {
    const creation = differenceOf(name, undefined, desired);
    if (rival === undefined) return creation;
    const stop = `kubectl -n ${rival.split("/")[0]} scale statefulset,deployment -l app.kubernetes.io/part-of=argocd --replicas=0  # stops it`;
    return blocked(`Argo CD runs in the cluster: ${rival}`, creation.operations, [stop]);
  }
  if (capability.status === "CREATE_FAILED") {
    const status = { field: "status", before: capability.status, after: "ACTIVE" };
    return { operations: [{ verb: "replace", target: capability.name, fields: desired, ...status }] };
  }
  if (capability.status === "DELETE_FAILED") {
    const { reason, next } = failureOf(capability);
    return blocked(reason, [], next);
  }
  return differenceOf(capability.name, fieldsOf(capability, roleArn), desired, immutable);
}

function desiredFields(world: RegionWorld): Fields {
  const { identityCenter = "", identityCenterRegion } = world.platform.gitops?.capability ?? {};
  return {
    role: capabilityRole.id,
    namespace: argoCdNamespace,
    "identity center": identityCenter,
    ...(identityCenterRegion === undefined ? {} : { "identity center region": identityCenterRegion }),
    ...membersOf(mappingsFor(world)),
  };
}

function fieldsOf(actual: ArgoCdCapability, roleArn: string | undefined): Fields {
  const { namespace, identityCenter, identityCenterRegion, mappings } = actual;
  return {
    // The role keeps its ARN when it is created again.
    role: roleArn === undefined || actual.roleArn === roleArn ? capabilityRole.id : actual.roleArn,
    namespace,
    "identity center": identityCenter,
    ...(identityCenterRegion === undefined ? {} : { "identity center region": identityCenterRegion }),
    ...membersOf(mappings),
  };
}

function mappingsFor({ platform }: RegionWorld): readonly ArgoCdMapping[] {
  return desiredMappings(platform.gitops?.capability?.roles);
}

async function create(at: At): Promise<void> {
  const { world, signal } = at;
  const { identityCenter = "", identityCenterRegion } = world.platform.gitops?.capability ?? {};
  await (
    await world.aws.service("eks")
  ).createArgoCd(
    {
      cluster: world.region.cluster,
      name,
      roleArn: at.required(capabilityRole),
      namespace: argoCdNamespace,
      identityCenter,
      identityCenterRegion,
      mappings: mappingsFor(world),
      tags: ownTags(world),
    },
    signal,
  );
}

/** Returns a controller of Argo CD that runs in the cluster: both would sync the same Applications. */
async function rivalOf(at: At): Promise<string | undefined> {
  const found = await askCluster(at, controllerObjects);
  if (found === undefined || "unknown" in found) return undefined;
  const running = found.find((object) => rolloutOf(object as WorkloadObject).desired > 0);
  return running && `${running.metadata.namespace ?? ""}/${running.metadata.name}`;
}
