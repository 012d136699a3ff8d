import type { Check } from "../../core/check.ts";
import type { MachineContext } from "../doctor-context.ts";
import { fault } from "../fault.ts";

export const machineGo: Check<MachineContext> = {
  id: "machine/go",
  title: "Go",
  explain:
    "The sandbox compiles its control planes once, from Go modules pinned in the package. This requires Go, unless KUBEBUILDER_ASSETS names a folder with the programs. Only `gennet sandbox` needs Go.",
  async run({ requireGo, kubernetesPrograms }) {
    const about = { id: "machine/go", subject: "Go, for the sandbox" };
    if (kubernetesPrograms !== undefined) {
      return [{ ...about, severity: "ok", summary: `not needed: KUBEBUILDER_ASSETS is ${kubernetesPrograms}` }];
    }
    try {
      await requireGo();
      return [{ ...about, severity: "ok", summary: "new enough" }];
    } catch (error) {
      return [fault(about, "warn", error)];
    }
  },
};
