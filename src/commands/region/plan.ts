import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("REGION", "a region of gennet.yaml (default: all)") };
const flags = {
  only: flag.list("RESOURCE", "plan only this resource: vpc, or eu-west-1/vpc"),
  except: flag.list("RESOURCE", "plan everything except for this resource"),
  adopt: flag.switch("plan to take over what exists under a name of gennet but was not made by it"),
  out: flag.text("FILE", "write the plan to this file, for `region bootstrap --plan FILE`"),
};

export interface RegionPlanInput {
  readonly name: string | undefined;
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly adopt: boolean;
  readonly out: string | undefined;
}

export const regionPlan = declare({
  path: ["region", "plan"],
  summary: "show what bootstrap would change in each region",
  description:
    "Compares AWS and the cluster of each region with gennet.yaml. Shows why each resource changes. Symbols: + create, ~ update, ± replace, - delete, @ adopt, ! blocked (with the reason), · deferred until what it depends on is installed. Changes nothing. Exit codes: 0 no changes, 8 changes pending, 3 a change is blocked.",
  examples: [
    { run: "gennet region plan", says: "Plan all regions" },
    {
      run: "gennet region plan eu-west-1 --out plan.json",
      says: "Save a plan, to have it reviewed and applied as it is",
    },
    { run: "gennet region plan --only node-group", says: "Compare only the node groups" },
    { run: "gennet region plan -o wide", says: "Also show what is already up to date" },
  ],
  args,
  flags,
  answers: "RegionPlan",
});
