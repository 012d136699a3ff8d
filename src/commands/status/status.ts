import { flag } from "../../core/command.ts";
import { checkFlags } from "../check/flags.ts";
import { declare } from "../declare.ts";

export const status = declare({
  path: ["status"],
  summary: "check the health of every region, and find causes",
  description:
    "Queries Kubernetes, EKS, Istio and every proxy, in all regions in parallel. Symptoms are listed under their cause. Anything that cannot be determined is shown as unknown, never as healthy. Exit codes: 0 healthy, 3 a check failed, 4 permission denied, 5 unreachable, 6 timed out, 9 warnings (with --strict).",
  examples: [
    { run: "gennet status", says: "Check all regions of gennet.yaml" },
    {
      run: "gennet status --region eu-west-1 -n shop -o wide",
      says: "Check one namespace of one region, and show what is healthy",
    },
    { run: "gennet status --context staging --context production", says: "Check any clusters, without a gennet.yaml" },
    { run: "gennet status -o json --strict --skip pods/running", says: "In a pipeline" },
    { run: "gennet status --probe", says: "Also log in to the data stores of services, from pods" },
    { run: "gennet status --wait --timeout 10m", says: "After a deployment: wait until healthy, or exit with 6" },
    {
      run: "gennet status --report junit=status.xml --report github=-",
      says: "Write a test report, and annotate the workflow",
    },
  ],
  args: {},
  flags: {
    ...checkFlags,
    probe: flag.switch("also ask what only pods can find out: creates a Job in each namespace with a data store"),
  },
  answers: "StatusReport",
});
