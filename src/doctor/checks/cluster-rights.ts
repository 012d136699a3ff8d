import type { Check } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { PlaceContext } from "../doctor-context.ts";
import { fault } from "../fault.ts";

const kinds = [
  { apiVersion: "v1", kind: "Node" },
  { apiVersion: "v1", kind: "Pod" },
  { apiVersion: "apps/v1", kind: "Deployment" },
] as const;

export const clusterRights: Check<PlaceContext> = {
  id: "cluster/rights",
  title: "Permissions in the cluster",
  explain:
    "Lists nodes, pods and deployments, the minimum that `gennet status` needs. On EKS, the identity needs an access entry with a policy such as AmazonEKSAdminViewPolicy; on other clusters, a ClusterRole that allows listing them.",
  needs: ["cluster/reachable"],
  async run({ cluster }, signal) {
    const server = await cluster();
    return Promise.all(
      kinds.map(async ({ apiVersion, kind }): Promise<Finding> => {
        const about = { id: "cluster/rights", subject: `list ${kind}s` };
        try {
          // No object has this name, so the request only tests the permission, however large the cluster is.
          const query = { apiVersion, kind, fieldSelector: "metadata.name=gennet-doctor" };
          for await (const _page of server.table(query, signal)) break;
          return { ...about, severity: "ok", summary: "allowed" };
        } catch (error) {
          if (!(error instanceof AppError && error.code === "KUBE_DENIED")) throw error;
          return { ...fault(about, "unknown", error), obstacle: "denied" };
        }
      }),
    );
  },
};
