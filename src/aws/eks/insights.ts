import {
  DescribeInsightCommand,
  DescribeInsightsRefreshCommand,
  type Insight,
  type InsightSummary,
  paginateListInsights,
  StartInsightsRefreshCommand,
} from "@aws-sdk/client-eks";
import { mapBounded } from "../../core/bounded.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import { poll } from "../../core/poll.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import type { EksCalls } from "./calls.ts";

/** An API that a version of Kubernetes no longer serves. */
export interface DeprecatedUse {
  /** `/apis/policy/v1beta1/podsecuritypolicies` */
  readonly usage: string;
  readonly replacedWith?: string;
  /** `1.32` */
  readonly removedIn?: string;
  /** The user agents that used it in the last 30 days. */
  readonly clients: readonly string[];
}

/** One question that EKS answers about a cluster. */
export interface ClusterInsight {
  readonly name: string;
  /** PASSING, WARNING, ERROR, UNKNOWN. */
  readonly status: string;
  readonly reason: string;
  /** The version of Kubernetes that it is about. */
  readonly version?: string;
  readonly recommendation?: string;
  /** The objects and ARNs that are the cause. */
  readonly resources: readonly string[];
  readonly deprecated: readonly DeprecatedUse[];
}

export interface InsightQuery {
  readonly category: "UPGRADE_READINESS" | "ROLLBACK_READINESS";
  /** The version that upgrade insights are about; all, by default. */
  readonly version?: string;
}

export interface EksInsights {
  /**
   * Has EKS look at the cluster again, and waits until it has. Throws AWS_REJECTED if it does not, and STEP_FAILED if it
   * could not. Until then, insights are up to a day old.
   */
  refreshInsights(cluster: string, signal: AbortSignal): Promise<void>;
  /** Returns the insights of a category; only those that are not PASSING have resources and recommendations. */
  insights(cluster: string, query: InsightQuery, signal: AbortSignal): Promise<readonly ClusterInsight[]>;
}

/** EKS documents no time: https://docs.aws.amazon.com/eks/latest/APIReference/API_StartInsightsRefresh.html */
const refreshPatienceMs = 15 * 60_000;

export function insightCalls({ client, session, call, all }: EksCalls): EksInsights {
  const { clock, emit } = session;
  return {
    async refreshInsights(cluster, signal) {
      const named = { clusterName: cluster };
      await call(signal, (options) => client.send(new StartInsightsRefreshCommand(named), options));
      const ended = await poll({
        look: async () => {
          const command = new DescribeInsightsRefreshCommand(named);
          const { status, message = "" } = await call(signal, (options) => client.send(command, options));
          return status === "COMPLETED" || status === "FAILED"
            ? { found: { status, message } }
            : { waiting: `the refresh of the cluster's insights is ${status ?? "IN_PROGRESS"}` };
        },
        tolerates: gotNoAnswer,
        patienceMs: refreshPatienceMs,
        firstPauseMs: 2_000,
        longestPauseMs: 15_000,
        report: (waiting) => emit({ type: "note", level: "debug", text: waiting }),
        late: (waiting, waitedMs) =>
          new AppError("STEP_NOT_READY", `${waiting}, still after ${formatDuration(waitedMs)}.`),
        clock,
        signal,
      });
      if (ended.status === "COMPLETED") return;
      throw new AppError("STEP_FAILED", `EKS could not refresh the insights of ${cluster}: ${ended.message}`);
    },

    async insights(cluster, { category, version }, signal) {
      const filter = { categories: [category], ...(version === undefined ? {} : { kubernetesVersions: [version] }) };
      const listed = await all(
        signal,
        (options) => paginateListInsights({ client }, { clusterName: cluster, filter }, options),
        (page) => page.insights,
      );
      return mapBounded(listed, 4, async (summary) => {
        const found = toInsight(summary);
        if (found.status === "PASSING") return found;
        const command = new DescribeInsightCommand({ clusterName: cluster, id: summary.id });
        const answer = await call(signal, (options) => client.send(command, options));
        return { ...found, ...detailsOf(answer.insight) };
      });
    },
  };
}

function toInsight(insight: InsightSummary): ClusterInsight {
  const { kubernetesVersion: version } = insight;
  return {
    name: insight.name ?? "",
    status: insight.insightStatus?.status ?? "UNKNOWN",
    reason: insight.insightStatus?.reason ?? "",
    ...(version === undefined ? {} : { version }),
    resources: [],
    deprecated: [],
  };
}

function detailsOf(insight: Insight | undefined): Pick<ClusterInsight, "recommendation" | "resources" | "deprecated"> {
  const { recommendation, resources = [], categorySpecificSummary: summary } = insight ?? {};
  return {
    ...(recommendation === undefined ? {} : { recommendation }),
    resources: resources.flatMap(({ kubernetesResourceUri, arn }) => kubernetesResourceUri ?? arn ?? []),
    deprecated: (summary?.deprecationDetails ?? []).map((detail) => ({
      usage: detail.usage ?? "",
      ...(detail.replacedWith === undefined ? {} : { replacedWith: detail.replacedWith }),
      ...(detail.stopServingVersion === undefined ? {} : { removedIn: detail.stopServingVersion }),
      clients: (detail.clientStats ?? []).flatMap(({ userAgent }) => userAgent ?? []),
    })),
  };
}
