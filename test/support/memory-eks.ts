import type {
  AccessEntry,
  Addon,
  ArgoCdCapability,
  ClusterChange,
  ClusterUpdate,
  Eks,
  EksCluster,
  Nodegroup,
  PodIdentity,
} from "../../src/aws/eks/port.ts";
import type { ClusterVersion } from "../../src/aws/eks/versions.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import { memoryAccess } from "./memory-access.ts";
import { memoryCapabilities } from "./memory-capabilities.ts";
import { memoryAddons } from "./memory-addons.ts";
import { type HeldInsight, memoryInsights } from "./memory-insights.ts";
import type { Made } from "./memory-ec2.ts";
import { demandRole, type MemoryRoles } from "./memory-iam.ts";
import { memoryNodegroups } from "./memory-nodegroups.ts";
import { memoryPhases, type Phases } from "./memory-phases.ts";
import { memoryVersions } from "./memory-versions.ts";

const logTypes = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
const kubernetesVersions = ["1.31", "1.32", "1.33", "1.34", "1.35"];

/** The oldest version is in extended support. https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html */
function versionOffer(version: string, at: number): ClusterVersion {
  return {
    version,
    isDefault: version === "1.34",
    support: at === 0 ? "EXTENDED_SUPPORT" : "STANDARD_SUPPORT",
    standardUntil: new Date(Date.UTC(2026, 4 * at, 1)),
    extendedUntil: new Date(Date.UTC(2027, 4 * at, 1)),
  };
}

/** The resources of EKS by name. */
export interface MemoryClusters {
  readonly clusters: Map<string, EksCluster>;
  readonly nodegroups: Map<string, Nodegroup>;
  readonly addons: Map<string, Addon>;
  /** By the ARN of the principal. */
  readonly entries: Map<string, AccessEntry>;
  /** By `namespace/service-account`. */
  readonly identities: Map<string, PodIdentity>;
  readonly capabilities: Map<string, ArgoCdCapability>;
  /** Add-ons that the cluster has without EKS managing them; the tests that need one add it. */
  readonly selfManaged: Set<string>;
  /** The changes of the cluster's version, and those that tests add; the latest last. */
  readonly updates: ClusterUpdate[];
  /** What EKS finds when it looks at the cluster again; the tests that need one add it. */
  readonly insights: HeldInsight[];
}

export function noClusters(): MemoryClusters {
  return {
    clusters: new Map(),
    nodegroups: new Map(),
    addons: new Map(),
    entries: new Map(),
    identities: new Map(),
    capabilities: new Map(),
    selfManaged: new Set(),
    updates: [],
    insights: [],
  };
}

/** What the parts of the in-memory EKS share. */
export interface EksWorld extends MemoryClusters {
  readonly things: readonly Made[];
  readonly iam: MemoryRoles;
  readonly phases: Phases;
  readonly change: AwsChanges["change"];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Returns a cluster. Rejects the call if it is not ready. */
  active(action: string, name: string): EksCluster;
  subnets(action: string, ids: readonly string[]): readonly Made[];
}

/**
 * In-memory EKS, as its API reference describes it: https://docs.aws.amazon.com/eks/latest/APIReference. Rejects changes
 * of a resource that is being created or deleted.
 */
export function memoryEks(
  target: AwsTarget,
  held: MemoryClusters,
  things: readonly Made[],
  iam: MemoryRoles,
  changes: AwsChanges,
  now: () => number,
): Eks {
  const { clusters, nodegroups, capabilities } = held;
  const phases = memoryPhases(changes);
  const { change } = changes;
  const world: EksWorld = {
    ...held,
    things,
    iam,
    phases,
    change,
    now,
    active: (action, name) => {
      const cluster = clusters.get(name);
      if (cluster === undefined) {
        return refuse(action, "ResourceNotFoundException", `No cluster found for name: ${name}.`);
      }
      const phase = phases.current(cluster.arn);
      const ready = cluster.status === "ACTIVE" && (phase === undefined || phase === "UPDATING");
      demand(ready, action, "InvalidRequestException", `Cluster '${name}' is not in ACTIVE status`);
      return cluster;
    },
    subnets: (action, ids) =>
      ids.map(
        (id) =>
          things.find((thing) => thing.kind === "subnet" && thing.id === id) ??
          refuse(action, "InvalidParameterException", `The subnet ID '${id}' does not exist`),
      ),
  };
  const zonesOf = (action: string, ids: readonly string[]): readonly unknown[] =>
    world.subnets(action, ids).map(({ facts }) => facts["zone"]);
  /** The zones in which each cluster was created; EKS adds none. */
  const firstZones = new Map<string, ReadonlySet<unknown>>();
  const demandSettings = (action: string, cluster: Omit<EksCluster, "status" | "issues" | "arn" | "vpcId">): void => {
    const bad = cluster.logging.find((type) => !logTypes.includes(type));
    demand(bad === undefined, action, "InvalidParameterException", `${bad} is no type of log`);
    const reachable = cluster.publicAccess || cluster.privateAccess;
    demand(reachable, action, "InvalidParameterException", "Private and public endpoint access cannot be false");
    const spread = new Set(zonesOf(action, cluster.subnetIds)).size >= 2;
    demand(spread, action, "InvalidParameterException", "Subnets specified must be in at least two different AZs");
    if (cluster.auto !== undefined) demandRole(iam, action, cluster.auto.nodeRoleArn, "ec2.amazonaws.com");
  };

  return {
    ...memoryNodegroups(world),
    ...memoryAddons(world),
    ...memoryAccess(world),
    ...memoryCapabilities(world),
    ...memoryVersions(world, kubernetesVersions),
    ...memoryInsights(world),
    defaultVersion: async () => "1.34",
    versions: async () => kubernetesVersions.map((version, at) => versionOffer(version, at)),
    cluster: async (name) => {
      const cluster = clusters.get(name);
      if (cluster === undefined) return undefined;
      const phase = phases.shown(cluster.arn);
      const now = clusters.get(name);
      if (now === undefined || phase === undefined) return now;
      if (phase !== "CREATING") return { ...now, status: phase };
      const { endpoint: _, certificateAuthority: __, ...creating } = now;
      return { ...creating, status: phase };
    },
    createCluster: (cluster) =>
      change(() => {
        const action = "EKS CreateCluster";
        const { name, version } = cluster;
        const taken = `Cluster already exists with name: ${name}`;
        demand(!clusters.has(name), action, "ResourceInUseException", taken);
        const named = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name);
        demand(named, action, "InvalidParameterException", `The name '${name}' is invalid`);
        const offered = kubernetesVersions.includes(version);
        demand(offered, action, "InvalidParameterException", `unsupported Kubernetes version ${version}`);
        demandRole(iam, action, cluster.roleArn, "eks.amazonaws.com");
        demandSettings(action, cluster);
        demandTags(action, cluster.tags);
        const made: EksCluster = {
          ...cluster,
          arn: `arn:aws:eks:${target.awsRegion}:${target.accountId}:cluster/${name}`,
          status: "ACTIVE",
          endpoint: "https://api.example",
          certificateAuthority: "Y2E=",
          vpcId: String(world.subnets(action, cluster.subnetIds)[0]?.facts["vpcId"]),
          issues: [],
        };
        clusters.set(name, made);
        firstZones.set(made.arn, new Set(zonesOf(action, made.subnetIds)));
        phases.begin(made.arn, "CREATING");
        return made;
      }),
    tag: (arn, tags) =>
      change(() => {
        const action = "EKS TagResource";
        const tagged =
          setTags(clusters, arn, tags) ||
          setTags(nodegroups, arn, tags) ||
          setTags(held.addons, arn, tags) ||
          setTags(held.identities, arn, tags) ||
          setTags(capabilities, arn, tags);
        demand(tagged, action, "NotFoundException", `No resource found for ${arn}.`);
      }),
    updateCluster: async (name, asked) => {
      const arn = clusters.get(name)?.arn ?? "";
      await phases.update(arn, () => {
        const action = "EKS UpdateClusterConfig";
        const cluster = world.active(action, name);
        const after = updated(cluster, asked);
        const changes = JSON.stringify(after) !== JSON.stringify(cluster);
        demand(changes, action, "InvalidParameterException", `No changes needed for the ${asked.change} provided`);
        if (asked.change === "encryption") {
          const key = cluster.encryptionKeyArn;
          demand(key === undefined, action, "InvalidRequestException", "Encryption is already enabled for cluster");
        }
        demandSettings(action, after);
        const strange = zonesOf(action, after.subnetIds).find((zone) => firstZones.get(arn)?.has(zone) === false);
        const why = `Provided subnets belong to the AZs '${String(strange)}', in which the cluster was not created`;
        demand(strange === undefined, action, "InvalidParameterException", why);
        phases.begin(arn, "UPDATING", () => void clusters.set(name, after));
      });
    },
    deleteCluster: async (name) => {
      const found = clusters.get(name);
      if (found === undefined) return;
      if (phases.current(found.arn) !== "DELETING") phases.settle(found.arn);
      await change(() => {
        const action = "EKS DeleteCluster";
        demand(nodegroups.size === 0, action, "ResourceInUseException", "Cluster has nodegroups attached");
        demand(capabilities.size === 0, action, "ResourceInUseException", "Cluster has capabilities attached");
        const locked = `Cluster ${name} has deletion protection enabled`;
        demand(clusters.get(name)?.deletionProtection !== true, action, "InvalidRequestException", locked);
        phases.begin(found.arn, "DELETING", () => {
          clusters.delete(name);
          for (const parts of [held.addons, held.entries, held.identities]) parts.clear();
          held.updates.length = 0;
        });
      });
    },
    settled: async (cluster, part) => {
      if (part === undefined) phases.settle(clusters.get(cluster)?.arn ?? "");
      else for (const words of Object.entries(part)) phases.settle(words.join(" "));
    },
  };
}

/** Returns whether the resource is one of these. */
function setTags<T extends { readonly arn: string; readonly tags: Tags }>(
  all: Map<string, T>,
  arn: string,
  tags: Tags,
): boolean {
  const [key, found] = [...all].find(([, each]) => each.arn === arn) ?? [];
  if (key === undefined || found === undefined) return false;
  demandTags("EKS TagResource", { ...found.tags, ...tags });
  all.set(key, { ...found, tags: { ...found.tags, ...tags } });
  return true;
}

function updated(cluster: EksCluster, asked: ClusterChange): EksCluster {
  switch (asked.change) {
    case "access":
      return { ...cluster, authenticationMode: asked.mode };
    case "endpoint":
      return {
        ...cluster,
        publicAccess: asked.publicAccess,
        privateAccess: asked.privateAccess,
        publicCidrs: asked.publicAccess ? asked.publicCidrs : cluster.publicCidrs,
      };
    case "subnets":
      return { ...cluster, subnetIds: asked.ids };
    case "logging":
      return { ...cluster, logging: asked.types };
    case "support":
      return { ...cluster, supportType: asked.type };
    case "zonal shift":
      return { ...cluster, zonalShift: asked.on };
    case "deletion protection":
      return { ...cluster, deletionProtection: asked.on };
    case "encryption":
      return { ...cluster, encryptionKeyArn: asked.keyArn };
    case "auto mode": {
      const { auto: _, ...others } = cluster;
      return asked.auto === undefined ? others : { ...others, auto: asked.auto };
    }
  }
}
