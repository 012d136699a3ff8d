import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const gitopsCodes = {
  APPLICATION_UNKNOWN: {
    exit: exit.usage,
    title: "Argo CD has no Application of that name",
    explain:
      "None of the regions has it, in the namespace that is looked in: argocd, or what -n names. Nothing was synced. `gennet app list` shows what there is.",
  },
} as const satisfies ErrorCodes;
