import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "a file or a folder (default: the current folder)") };
const flags = {
  only: flag.list("ID", "run only these rules: an id, an area (breaker), or a glob (workload/*)"),
  skip: flag.list("ID", "skip these rules"),
  strict: flag.switch("exit with 9 if there are warnings"),
  report: flag.list(
    "FMT=PATH",
    "also write the findings as json, sarif, junit, github or markdown; PATH - is standard output (github only)",
  ),
};

export type LintInput = Input<typeof args, typeof flags>;

export const lint = declare({
  path: ["lint"],
  summary: "find problems in the manifests of a service or a GitOps tree",
  description:
    "Reads every YAML file in PATH and its subfolders; needs no cluster. Anything that cannot be read is reported as unknown, never as clean. You can waive known findings with an owner, a reason and an expiry date. Exit codes: 0 clean, 3 a rule failed, 5 a rule's result is unknown, 9 warnings (with --strict).",
  examples: [
    { run: "gennet lint", says: "Lint the service or tree in the current folder" },
    {
      run: "gennet lint clusters --skip workload --strict",
      says: "Lint a part of a GitOps tree, without the workload rules",
    },
    {
      run: "gennet lint --report sarif=lint.sarif --report github=-",
      says: "In a pipeline: write SARIF for code scanning, and annotate the workflow",
    },
  ],
  args,
  flags,
  answers: "LintReport",
});
