import { checkFlags } from "../check/flags.ts";
import { declare } from "../declare.ts";

export const breakers = declare({
  path: ["breakers"],
  summary: "show each caller's circuit breakers, and which pods are ejected",
  description:
    "Queries every caller's proxy through a port-forward, because only the proxy knows its ejections and open breakers. Shows the calls that carry traffic (-o wide shows all), and each ejected pod with its callers. Exit codes: 0 healthy, 3 a pod is ejected or a breaker is open, 4 permission denied, 5 unknown: a proxy does not answer or does not export its statistics, or Istio is not installed, 9 calls without a breaker (with --strict).",
  examples: [
    { run: "gennet breakers", says: "Check all regions of gennet.yaml" },
    {
      run: "gennet breakers -n shop -o wide",
      says: "Check the callers in one namespace, including calls without traffic",
    },
    {
      run: "gennet breakers --only breakers/ejected -o json",
      says: "List ejected pods and their callers, for a script",
    },
  ],
  args: {},
  flags: checkFlags,
  answers: "BreakersReport",
});
