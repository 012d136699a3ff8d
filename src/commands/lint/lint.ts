import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "a file or a folder; the current one unless named") };
const flags = {
  only: flag.list("ID", "only these rules: an id, an area (breaker), or a glob (workload/*)"),
  skip: flag.list("ID", "all rules but these"),
  strict: flag.switch("exit 9 where there are warnings"),
  report: flag.list(
    "FMT=PATH",
    "also write the findings as json, sarif, junit, github or markdown; - is standard output, for github",
  ),
};

export type LintInput = Input<typeof args, typeof flags>;

export const lint = declare({
  path: ["lint"],
  summary: "what the manifests of a service or a GitOps tree lack, before a cluster gets them",
  description:
    "Reads every YAML file below PATH and asks a rule at a time; needs no cluster. What cannot be read is unknown, never clean. Known findings are waived with an owner, a reason and a last day. Exit codes: 0 clean, 3 something fails, 5 something is unknown, 9 warnings with --strict.",
  examples: [
    { run: "gennet lint", says: "The service or tree in the current folder" },
    {
      run: "gennet lint clusters --skip workload --strict",
      says: "A part of a GitOps tree, without the workload rules",
    },
    {
      run: "gennet lint --report sarif=lint.sarif --report github=-",
      says: "In a pipeline: for code scanning, and as annotations",
    },
  ],
  args,
  flags,
  answers: "LintReport",
  load: () => import("./lint.run.ts"),
});
