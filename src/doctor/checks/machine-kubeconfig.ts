import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";
import { fault } from "../fault.ts";

export const machineKubeconfig: Check<MachineContext> = {
  id: "machine/kubeconfig",
  title: "kubeconfig",
  explain:
    "A kubeconfig (the files that KUBECONFIG names, else ~/.kube/config) is needed for --context and for regions with a `context`. Regions without one are reached by what EKS says about their cluster.",
  async run({ contexts }) {
    const about = { id: "machine/kubeconfig", subject: "kubeconfig" };
    try {
      const names = await contexts();
      if (names === undefined)
        return [{ ...about, severity: "skip", summary: "there is none; only --context needs it" }];
      return [{ ...about, severity: "ok", summary: `${names.length} contexts`, evidence: { contexts: names } }];
    } catch (error) {
      return [fault(about, "fail", error)];
    }
  },
};
