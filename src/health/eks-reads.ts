import type { Eks, EksCluster, Nodegroup } from "../aws/port.ts";
import type { Finding } from "../core/finding.ts";
import { type Shared, shared } from "./shared.ts";

/** What the checks read of EKS about one cluster, each at most once. */
export interface EksReads {
  readonly name: string;
  /** Undefined where AWS knows no such cluster. */
  readonly cluster: Shared<EksCluster | undefined>;
  readonly nodegroups: Shared<readonly Nodegroup[]>;
}

export function createEksReads(
  eks: () => Promise<Pick<Eks, "cluster" | "nodegroups">>,
  name: string,
  signal: AbortSignal,
): EksReads {
  return {
    name,
    cluster: shared(async () => (await eks()).cluster(name, signal)),
    nodegroups: shared(async () => (await eks()).nodegroups(name, signal)),
  };
}

/** What a check of the EKS side says about a bare kubeconfig context. */
export function notOfAws(id: string, subject: string): Finding {
  return { id, severity: "skip", subject, summary: "a kubeconfig context says nothing about AWS" };
}
