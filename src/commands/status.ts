import { flag } from "../core/command.ts";
import { declare } from "./declare.ts";

const flags = {
  only: flag.list("ID", "only these checks: an id, an area (cluster), or a glob (cluster/*)"),
  skip: flag.list("ID", "all checks but these"),
  strict: flag.switch("exit 9 where there are warnings"),
};

export interface StatusInput {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly strict: boolean;
}

export const status = declare({
  path: ["status"],
  summary: "what is well, what is not and why, in all regions at once",
  description:
    "Asks Kubernetes and EKS, all regions in parallel. What cannot be found out is shown as unknown, never as well. Exit codes: 0 all well, 3 something fails, 4 not allowed to look, 5 not reachable, 6 too slow, 9 warnings with --strict.",
  examples: [
    { run: "gennet status", says: "All regions of gennet.yaml" },
    { run: "gennet status --region eu-west-1 -n shop -o wide", says: "One namespace of one region, with what is well" },
    { run: "gennet status --context staging --context production", says: "Any clusters, without a gennet.yaml" },
    { run: "gennet status -o json --strict --skip pods/running", says: "For a pipeline" },
  ],
  args: {},
  flags,
  answers: "StatusReport",
  load: () => import("./status.run.ts"),
});
