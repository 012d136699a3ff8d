import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const gitopsCodes = {
  APPLICATION_UNKNOWN: {
    exit: exit.usage,
    title: "Argo CD has no Application of that name",
    explain:
      "None of the regions has it, in the namespace that is looked in: argocd, or what -n names. Nothing was synced. `gennet app list` shows what there is.",
  },
  SYNC_ORDER_OWNED: {
    exit: exit.conflict,
    title: "An ApplicationSet decides the order of these syncs",
    explain:
      "An ApplicationSet with the strategy RollingSync begins the syncs of its Applications itself, step by step, and switches their automated syncs off. An order from --waves would contradict it, so nothing was synced. Follow its own order with `kubectl describe applicationset`, or sync without --waves.",
  },
} as const satisfies ErrorCodes;
