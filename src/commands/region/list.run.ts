import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exitOf, type LocatedFinding } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Region } from "../../platform/schema.ts";
import { findingLines } from "../../view/findings.ts";
import { table } from "../../view/table.ts";
import { reviewed } from "./reviewed.run.ts";

export interface RegionList {
  readonly kind: "RegionList";
  readonly items: readonly ListedRegion[];
  /** Warnings about the regions as a whole, with their place in gennet.yaml. */
  readonly findings: readonly LocatedFinding[];
}

/** A region as gennet.yaml describes it. Nothing here is read from AWS. */
export interface ListedRegion {
  readonly name: string;
  readonly awsRegion: string;
  readonly accountId: string;
  readonly cluster: string;
  /** The kubeconfig context; absent if gennet connects through EKS. */
  readonly context?: string;
  readonly wave?: number;
  readonly primary: boolean;
  /** The Kubernetes version; absent if it is EKS's default. */
  readonly kubernetes?: string;
  /** What happens when the version's standard support ends. */
  readonly support: "standard" | "extended";
  /** The range of the VPC; absent if gennet.yaml gives the VPC. */
  readonly cidr?: string;
  /** The VPC that gennet.yaml gives. */
  readonly vpc?: string;
  /** Absent if gennet.yaml gives the VPC. */
  readonly nat?: "none" | "one" | "zonal" | "regional";
  /** How nodes are run: managed node groups, or EKS Auto Mode. */
  readonly nodes: "managed" | "auto";
}

export async function run(_input: object, context: Context): Promise<Outcome<RegionList>> {
  const items = (await context.regions()).map(listed);
  const findings = await reviewed(context);
  return { exit: exitOf(findings, false), document: { kind: "RegionList", items, findings } };
}

function listed({ name, awsRegion, accountId, cluster, primary, network, nodes, ...region }: Region): ListedRegion {
  const { context, wave, kubernetes, kubernetesVersion } = region;
  const version = kubernetes.version ?? kubernetesVersion;
  return {
    name,
    awsRegion,
    accountId,
    cluster,
    ...(context === undefined ? {} : { context }),
    ...(wave === undefined ? {} : { wave }),
    primary: primary ?? false,
    ...(version === undefined ? {} : { kubernetes: version }),
    support: kubernetes.support,
    ...(network.vpc === undefined ? { cidr: network.cidr, nat: network.nat } : { vpc: network.vpc }),
    nodes: nodes.mode,
  };
}

export function present({ items, findings }: RegionList, view: TextView): string {
  const { paint, wide } = view;
  const head = ["REGION", "AWS REGION", "ACCOUNT", "CLUSTER", "KUBERNETES", "RANGE", "WAVE"];
  const rows = items.map((region) => [
    region.primary ? `${region.name} ${paint("dim", "(primary)")}` : region.name,
    region.awsRegion,
    region.accountId,
    region.cluster,
    region.kubernetes ?? "default",
    region.cidr ?? region.vpc ?? "",
    region.wave === undefined ? "" : String(region.wave),
    ...(wide ? [region.support, region.nodes, region.nat ?? "", region.context ?? ""] : []),
  ]);
  const regions = table(wide ? [...head, "SUPPORT", "NODES", "NAT", "CONTEXT"] : head, rows, view);
  return [regions, ...findings.flatMap((finding) => ["", ...findingLines(finding, view)])].join("\n");
}
