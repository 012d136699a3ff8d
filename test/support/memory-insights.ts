import type { ClusterInsight, EksInsights, InsightQuery } from "../../src/aws/eks/insights.ts";
import { refuse } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";

/** An insight of a cluster, which EKS only sees when it looks again. */
export interface HeldInsight extends ClusterInsight {
  readonly category: InsightQuery["category"];
}

/** The insights of the in-memory EKS: one that passes, unless a test holds others. */
export function memoryInsights({ clusters, insights }: Pick<EksWorld, "clusters" | "insights">): EksInsights {
  const seen: HeldInsight[] = [];
  const demandCluster = (action: string, name: string): void => {
    if (!clusters.has(name)) refuse(action, "ResourceNotFoundException", `No cluster found for name: ${name}.`);
  };
  return {
    refreshInsights: async (cluster) => {
      demandCluster("EKS StartInsightsRefresh", cluster);
      seen.splice(0, seen.length, ...insights);
    },
    insights: async (cluster, { category, version }) => {
      demandCluster("EKS ListInsights", cluster);
      const skew = { name: "Kubelet version skew", category, status: "PASSING", reason: "" } as const;
      const own = version === undefined ? {} : { version };
      return [{ ...skew, ...own, resources: [], deprecated: [] }, ...seen].filter(
        (each) => each.category === category && (version === undefined || each.version === version),
      );
    },
  };
}
