import type { Check } from "../../core/check.ts";
import type { HealthContext } from "../health-context.ts";

export const clusterApi: Check<HealthContext> = {
  id: "cluster/api",
  title: "API server",
  explain:
    "Asks the API server for its version. If it does not answer, nothing can be said about what runs in the cluster: everything that is read there is left out, and is neither good nor bad. The finding says what stood in the way: no connection, a certificate that is not the cluster's, or a credential that is not accepted.",
  async run({ kube }) {
    const version = await kube.version();
    return [
      {
        id: "cluster/api",
        severity: "ok",
        subject: "API server",
        summary: `answers, ${version}`,
        evidence: { version },
      },
    ];
  },
};
