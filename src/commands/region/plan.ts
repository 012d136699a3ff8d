import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("REGION", "a region of gennet.yaml; all of them without one") };
const flags = { out: flag.text("FILE", "write the plan there, for `region bootstrap --plan FILE`") };

export interface RegionPlanInput {
  readonly name: string | undefined;
  readonly out: string | undefined;
}

export const regionPlan = declare({
  path: ["region", "plan"],
  summary: "say what a region lacks, and change nothing",
  description:
    "Reads AWS and the region's cluster and compares them with gennet.yaml: + is created, ~ is updated, ! cannot be done and says why. · is deferred until what it needs is installed. Exit codes: 0 nothing to do, 8 changes pending, 3 where something is blocked.",
  examples: [
    { run: "gennet region plan", says: "All regions" },
    {
      run: "gennet region plan eu-west-1 --out plan.json",
      says: "Keep a plan, to have it looked at and then done as it is",
    },
    { run: "gennet region plan -o wide", says: "Also what is as it should be" },
  ],
  args,
  flags,
  answers: "RegionPlan",
  load: () => import("./plan.run.ts"),
});
