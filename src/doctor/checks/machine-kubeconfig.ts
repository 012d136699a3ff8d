import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";
import { fault } from "../fault.ts";

export const machineKubeconfig: Check<MachineContext> = {
  id: "machine/kubeconfig",
  title: "kubeconfig",
  explain:
    "--context and regions with a `context` need a kubeconfig (the files in KUBECONFIG, otherwise ~/.kube/config). gennet connects to all other regions with the cluster details from EKS.",
  async run({ contexts }) {
    const about = { id: "machine/kubeconfig", subject: "kubeconfig" };
    try {
      const names = await contexts();
      if (names === undefined) return [{ ...about, severity: "skip", summary: "not found; only needed for --context" }];
      return [{ ...about, severity: "ok", summary: `${names.length} contexts`, evidence: { contexts: names } }];
    } catch (error) {
      return [fault(about, "fail", error)];
    }
  },
};
