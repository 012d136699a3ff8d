import type { Check } from "../../core/check.ts";
import type { PlaceContext } from "../doctor-context.ts";
import { orFault } from "../fault.ts";

export const clusterReachable: Check<PlaceContext> = {
  id: "cluster/reachable",
  title: "API server",
  explain:
    "Requests the version of the Kubernetes API server. This needs a network path to it, a certificate signed by the cluster's CA, and credentials that it accepts.",
  needs: ["account/eks"],
  async run({ cluster }, signal) {
    const about = { id: "cluster/reachable", subject: "API server" };
    return orFault(about, async () => {
      const version = await (await cluster()).version(signal);
      return { ...about, severity: "ok", summary: `reachable, ${version}` };
    });
  },
};
