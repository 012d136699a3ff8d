import type { Eks, EksCluster, Nodegroup } from "../aws/eks/port.ts";
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
}

export interface EksSource extends Pick<EksReads, "name" | "region"> {
  readonly door: () => Promise<Pick<Eks, "cluster" | "nodegroups">>;
}

export function createEksReads({ name, region, door }: EksSource, signal: AbortSignal): EksReads {
  return {
    name,
    region,
    cluster: shared(async () => (await door()).cluster(name, signal)),
    nodegroups: shared(async () => (await door()).nodegroups(name, signal)),
  };
}

/** Returns the finding of an AWS check for a kubeconfig context. */
export function notOfAws(id: string, subject: string): Finding {
  return { id, severity: "skip", subject, summary: "a kubeconfig context contains no information about AWS" };
}
