import type { Check } from "../../core/check.ts";
import type { PlaceContext } from "../doctor-context.ts";

export const accountEks: Check<PlaceContext> = {
  id: "account/eks",
  title: "EKS",
  explain:
    "Describes the region's EKS cluster, which needs the permission eks:DescribeCluster. Without it, gennet cannot connect to a cluster that has no `context` in gennet.yaml. If the cluster does not exist yet, create it with `gennet region bootstrap`.",
  needs: ["account/identity"],
  async run({ aws, clusterName }, signal) {
    if (aws === undefined || clusterName === undefined) return [];
    const about = { id: "account/eks", subject: `EKS cluster ${clusterName}` };
    const cluster = await (await (await aws()).service("eks")).cluster(clusterName, signal);
    if (cluster !== undefined) return [{ ...about, severity: "ok", summary: `${cluster.status}, ${cluster.version}` }];
    return [{ ...about, severity: "warn", summary: "does not exist yet", fix: "gennet region plan" }];
  },
};
