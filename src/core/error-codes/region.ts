import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const regionCodes = {
  PLAN_DRIFTED: {
    exit: exit.conflict,
    title: "The world is no longer what the plan was made for",
    explain:
      "What the plan would change has changed since. Nothing but the plan is ever done, so the step was refused. Make a new plan with `gennet region plan` and look at it.",
  },
  PLAN_SPEC_CHANGED: {
    exit: exit.conflict,
    title: "gennet.yaml is no longer what the plan was made for",
    explain:
      "The plan file carries a hash of the region as gennet.yaml described it. It was edited since. Make a new plan with `gennet region plan --out FILE`.",
  },
  PLAN_INVALID: {
    exit: exit.usage,
    title: "The file is no plan",
    explain:
      "--plan takes a file that `gennet region plan --out FILE` wrote, by a version of gennet that writes the same form.",
  },
  STEP_FAILED: {
    exit: exit.unhealthy,
    title: "The resource reported a failure",
    explain:
      "AWS or Kubernetes took the request but then reported failure; the message is theirs. What had been made stays. Fix the cause and run the same command again: it resumes from there.",
  },
  STEP_NOT_READY: {
    exit: exit.timedOut,
    title: "The resource did not become ready",
    explain:
      "It was made, but did not become ready in the time that such a thing takes at most. Nothing is undone. Run the same command again to keep waiting, or look at it in the AWS console.",
  },
  REGION_NOT_MANAGED: {
    exit: exit.conflict,
    title: "A resource of that name exists, but was not made by gennet",
    explain:
      "A cluster or a role of the name that gennet gives it exists without the tags that gennet puts on what it makes. It is never changed or taken over. Choose another `cluster` name for the region, or another name for the platform or the region; a foreign cluster can be reached with --context for everything that only reads.",
  },
  REGION_DOUBLED: {
    exit: exit.conflict,
    title: "Duplicate resources found",
    explain:
      "Two resources carry the tags by which gennet knows its own. It cannot tell which one is right, so it changes neither. Delete the one that is not used, or remove its gennet tags.",
  },
} as const satisfies ErrorCodes;
