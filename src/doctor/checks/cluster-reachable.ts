import type { Check } from "../../core/check.ts";
import type { PlaceContext } from "../doctor-context.ts";
import { orFault } from "../fault.ts";

export const clusterReachable: Check<PlaceContext> = {
  id: "cluster/reachable",
  title: "API server",
  explain:
    "Asks the Kubernetes API server for its version: that needs a network path to it, a certificate that its cluster's CA signed, and a credential it accepts.",
  needs: ["account/eks"],
  async run({ cluster }, signal) {
    const about = { id: "cluster/reachable", subject: "API server" };
    return orFault(about, async () => {
      const version = await (await cluster()).version(signal);
      return { ...about, severity: "ok", summary: `answers, ${version}` };
    });
  },
};
