import { checkFlags } from "../check/flags.ts";
import { declare } from "../declare.ts";

export const status = declare({
  path: ["status"],
  summary: "what is healthy, what is not and why, in all regions at once",
  description:
    "Asks Kubernetes, EKS, Istio and every proxy, all regions in parallel. Symptoms are under their cause. What cannot be found out is shown as unknown, never as healthy. Exit codes: 0 healthy, 3 something fails, 4 not allowed to look, 5 not reachable, 6 too slow, 9 warnings with --strict.",
  examples: [
    { run: "gennet status", says: "All regions of gennet.yaml" },
    {
      run: "gennet status --region eu-west-1 -n shop -o wide",
      says: "One namespace of one region, with what is healthy",
    },
    { run: "gennet status --context staging --context production", says: "Any clusters, without a gennet.yaml" },
    { run: "gennet status -o json --strict --skip pods/running", says: "For a pipeline" },
    { run: "gennet status --wait --timeout 10m", says: "After a deployment: until healthy, or exit code 6" },
    {
      run: "gennet status --report junit=status.xml --report github=-",
      says: "As a test report, and as annotations of a workflow",
    },
  ],
  args: {},
  flags: checkFlags,
  answers: "StatusReport",
  load: () => import("./status.run.ts"),
});
