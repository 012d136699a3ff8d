import { rangesOverlap } from "../core/ip-range.ts";
import type { Path } from "../core/fields.ts";
import { addressesOfEks, addressesPerSubnet } from "../core/subnet-addresses.ts";
import type { Platform, Region } from "./schema.ts";

/** What does not fit together in a gennet.yaml, where each region is valid by itself. */
export interface Misfit {
  /** The value that is at fault, and must be another one. */
  readonly path: Path;
  /** What was expected there, completing "expected …", or what the consequence is. */
  readonly says: string;
}

/** Returns what makes a gennet.yaml invalid as a whole. */
export function conflicts({ regions, stores, gitops, platform }: Platform): readonly Misfit[] {
  const lacksRepository = platform !== undefined && gitops === undefined;
  const says = "expected gitops.repository beside it: Argo CD installs the platform's components from there";
  const lacksPlatform = platform === undefined && stores.graph === "neo4j";
  const needed = "expected `platform` in gennet.yaml beside it: Argo CD installs Neo4j with the platform's components";
  return [
    ...capabilityMisfits({ gitops, platform }),
    ...(lacksRepository ? [{ path: ["platform"], says }] : []),
    ...(lacksPlatform ? [{ path: ["stores", "graph"], says: needed }] : []),
    ...regionConflicts({ regions, stores }),
  ];
}

function capabilityMisfits({ gitops, platform }: Pick<Platform, "gitops" | "platform">): readonly Misfit[] {
  const isChosen = gitops?.argocd === "capability";
  const misfit = (key: string, says: string): Misfit => ({ path: ["gitops", key], says: `expected ${says}` });
  return [
    ...(isChosen && gitops.capability === undefined
      ? [misfit("argocd", "gitops.capability beside it: EKS's Argo CD needs an instance of IAM Identity Center")]
      : []),
    ...(isChosen && platform === undefined
      ? [misfit("argocd", "`platform` in gennet.yaml beside it: without it, gennet installs no Argo CD")]
      : []),
    ...(!isChosen && gitops?.capability !== undefined
      ? [misfit("capability", "gitops.argocd: capability beside it: without that, EKS runs no Argo CD")]
      : []),
  ];
}

function regionConflicts({ regions, stores }: Pick<Platform, "regions" | "stores">): readonly Misfit[] {
  return regions.flatMap((region, at) => {
    const before = regions.slice(0, at);
    const path = (...keys: string[]): Path => ["regions", at, ...keys];
    const expected = (keys: string[], says: string): Misfit => ({ path: path(...keys), says: `expected ${says}` });
    const { name, cluster, primary, kubernetes, kubernetesVersion } = region;
    const found: Misfit[] = [];
    if (before.some((each) => each.name === name)) {
      found.push(expected(["name"], `a unique name, but "${name}" is already used`));
    }
    const twin = before.find((each) => isSameCluster(each, region));
    if (twin !== undefined) {
      found.push(expected(["cluster"], `its own cluster, but "${cluster}" already belongs to region ${twin.name}`));
    }
    const other = before.find((each) => each.primary === true);
    if (primary === true && other !== undefined) {
      found.push(expected(["primary"], `one primary region, but ${other.name} is already primary`));
    }
    const version = kubernetes.version;
    if (kubernetesVersion !== undefined && version !== undefined && kubernetesVersion !== version) {
      found.push(expected(["kubernetesVersion"], `the same version as kubernetes.version, which is ${version}`));
    }
    const lack = region.network.vpc === undefined ? lackOfAddresses(region) : undefined;
    if (lack !== undefined) found.push(expected(["network", "cidr"], lack));
    if (stores.postgres?.writes === "forward") {
      const near = before.find((each) => areNear(each, region));
      const why = "stores.postgres.writes: forward connects the regions by VPC peering";
      if (near !== undefined) {
        found.push(expected(["network", "cidr"], `a range that does not overlap ${rangeOf(near)}: ${why}`));
      }
    }
    return found;
  });
}

/** Returns what is valid, but rules something out later. */
export function cautions({ regions, domain, hostedZone, stores }: Platform): readonly Misfit[] {
  return regions.flatMap((region, at) => {
    const before = regions.slice(0, at);
    const found: Misfit[] = [];
    const near = before.find((each) => areNear(each, region));
    if (near !== undefined && stores.postgres?.writes !== "forward") {
      // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
      const says = `${region.network.cidr} overlaps ${rangeOf(near)}: such VPCs can never be peered, and a VPC keeps its range`;
      found.push({ path: ["regions", at, "network", "cidr"], says });
    }
    const neighbour = before.find((each) => each.awsRegion === region.awsRegion);
    if (neighbour !== undefined && hostedZone !== undefined) {
      // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-latency.html
      const says = `region ${neighbour.name} is also in ${region.awsRegion}: only one of them can have the latency record of ${domain}`;
      found.push({ path: ["regions", at, "awsRegion"], says });
    }
    return found;
  });
}

/** Returns which range a region would need; undefined if its own has enough addresses for the zones and their nodes. */
function lackOfAddresses({ network, nodes }: Region): string | undefined {
  const zones = typeof network.zones === "number" ? network.zones : network.zones.length;
  const inZone = nodes.mode === "auto" ? 0 : Math.ceil(nodes.max / zones);
  const needed = addressesOfEks.recommended + inZone;
  const free = addressesPerSubnet(network.cidr);
  if (free >= needed) return undefined;
  const ofNodes = inZone === 0 ? "" : `, and ${inZone} for nodes (nodes.max ${nodes.max} over ${zones} zones)`;
  return `a larger range: each of its 8 subnets would have ${free} free addresses, but needs ${addressesOfEks.recommended} for EKS${ofNodes}`;
}

function isSameCluster(one: Region, other: Region): boolean {
  return one.cluster === other.cluster && one.awsRegion === other.awsRegion && one.accountId === other.accountId;
}

/** Whether the ranges of two regions overlap. The range of a VPC that exists is only known to AWS. */
function areNear({ network: one }: Region, { network: other }: Region): boolean {
  return one.vpc === undefined && other.vpc === undefined && rangesOverlap(one.cidr, other.cidr);
}

function rangeOf({ name, network }: Region): string {
  return `${network.cidr} of region ${name}`;
}
