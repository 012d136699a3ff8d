import type { Check } from "../../core/check.ts";
import type { PlaceContext } from "../doctor-context.ts";

export const accountEks: Check<PlaceContext> = {
  id: "account/eks",
  title: "EKS",
  explain:
    "Asks EKS to describe the region's cluster, which needs eks:DescribeCluster. Without it gennet cannot reach a cluster that has no `context` in gennet.yaml. A cluster that does not exist yet is made by `gennet region bootstrap`.",
  needs: ["account/identity"],
  async run({ aws, clusterName }, signal) {
    if (aws === undefined || clusterName === undefined) return [];
    const about = { id: "account/eks", subject: `EKS cluster ${clusterName}` };
    const cluster = await (await (await aws()).service("eks")).cluster(clusterName, signal);
    if (cluster !== undefined) return [{ ...about, severity: "ok", summary: `${cluster.status}, ${cluster.version}` }];
    return [{ ...about, severity: "warn", summary: "does not exist yet", fix: "gennet region plan" }];
  },
};
