import type { Ec2, NatGateway } from "../aws/ec2/port.ts";
import type { Addon, Eks, EksCluster, Nodegroup } from "../aws/eks/port.ts";
import type { CheckFinding } from "../core/check.ts";
import type { Finding } from "../core/finding.ts";
import { shared, type Shared } from "../core/shared.ts";

/** What the checks read from EKS about one cluster, each at most once. */
export interface EksReads {
  /** The cluster's name. */
  readonly name: string;
  /** The name in gennet.yaml of its region. */
  readonly region: string;
  /** Undefined if the cluster does not exist in AWS. */
  readonly cluster: Shared<EksCluster | undefined>;
  readonly nodegroups: Shared<readonly Nodegroup[]>;
  /** What bootstrap installs, and what there is of it. */
  readonly installed: InstalledReads;
}

export interface InstalledReads {
  /** How many NAT gateways bootstrap creates. */
  readonly natGateways: number;
  /** The add-ons that bootstrap installs; undefined where one is missing. */
  readonly addons: Shared<readonly (readonly [name: string, addon: Addon | undefined])[]>;
  /** The NAT gateways with the platform and the region of the cluster in their tags. */
  readonly gateways: Shared<readonly NatGateway[]>;
}

/** What bootstrap installs in a region, and the clients that know about it. */
export interface InstalledSource {
  readonly addons: readonly string[];
  readonly natGateways: number;
  readonly eks: () => Promise<Pick<Eks, "addon">>;
  readonly ec2: () => Promise<Pick<Ec2, "natGateways">>;
}

export interface EksSource extends Pick<EksReads, "name" | "region"> {
  readonly door: () => Promise<Pick<Eks, "cluster" | "nodegroups">>;
  readonly installed: InstalledSource;
}

const identityKeys: ReadonlySet<string> = new Set(["gennet:platform", "gennet:region"]);

export function createEksReads({ name, region, door, installed }: EksSource, signal: AbortSignal): EksReads {
  const cluster = shared(async () => (await door()).cluster(name, signal));
  return {
    name,
    region,
    cluster,
    nodegroups: shared(async () => (await door()).nodegroups(name, signal)),
    installed: installedReads(name, cluster, installed, signal),
  };
}

function installedReads(
  name: string,
  cluster: EksReads["cluster"],
  { addons, natGateways, eks, ec2 }: InstalledSource,
  signal: AbortSignal,
): InstalledReads {
  return {
    natGateways,
    addons: shared(async () => {
      const port = await eks();
      return Promise.all(addons.map(async (addon) => [addon, await port.addon(name, addon, signal)] as const));
    }),
    gateways: shared(async () => {
      // A cluster has more tags of gennet than these: one for the bake of an upgrade.
      const own = Object.entries((await cluster())?.tags ?? {}).filter(([key]) => identityKeys.has(key));
      const found = await (await ec2()).natGateways({ tags: Object.fromEntries(own) }, signal);
      // EC2 shows a gateway for about an hour after its deletion.
      return found.filter(({ state }) => state !== "deleted");
    }),
  };
}

/** Returns the finding of an AWS check for a kubeconfig context. */
export function notOfAws(id: string, subject: string): Finding {
  return { id, severity: "skip", subject, summary: "a kubeconfig context contains no information about AWS" };
}

/** Returns why nothing is expected of a cluster: it does not exist, or gennet has not created it. */
export function notInstalled(
  id: string,
  subject: string,
  cluster: EksCluster | undefined,
  name: string,
): CheckFinding | undefined {
  const about = { id, severity: "skip", subject } as const;
  if (cluster === undefined) {
    const symptomOf = { id: "cluster/eks", about: `EKS cluster ${name}` };
    return { ...about, summary: "skipped: the cluster does not exist", symptomOf };
  }
  if (cluster.tags["gennet:managed"] === "true") return undefined;
  return { ...about, summary: "the cluster was not created by gennet" };
}
