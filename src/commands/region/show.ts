import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { file: argument.one("FILE", "a file written by `region plan --out`") };

export interface RegionShowInput {
  readonly file: string;
}

export const regionShow = declare({
  path: ["region", "show"],
  summary: "show a plan that was saved with region plan --out",
  description:
    "Shows a saved plan as `region plan` showed it, without gennet.yaml and without AWS. Exit codes: 0 no changes, 8 changes pending, 3 a change is blocked.",
  examples: [
    { run: "gennet region show plan.json", says: "Review a plan before it is applied" },
    { run: "gennet region show plan.json -o json", says: "For a script" },
  ],
  args,
  flags: {},
  answers: "RegionPlan",
});
