import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const gitopsCodes = {
  APPLICATION_UNKNOWN: {
    exit: exit.usage,
    title: "No Argo CD Application of that name",
    explain:
      "No region has this Application in the namespace that gennet searched: argocd, or the one given with -n. Nothing was synced. `gennet app list` lists the Applications.",
  },
  SYNC_ORDER_OWNED: {
    exit: exit.conflict,
    title: "An ApplicationSet controls the order of these syncs",
    explain:
      "An ApplicationSet with the strategy RollingSync starts the syncs of its Applications step by step, and disables their automated syncs. An order from --waves would conflict with it, so nothing was synced. Watch the ApplicationSet with `kubectl describe applicationset`, or sync without --waves.",
  },
} as const satisfies ErrorCodes;
