import { checkFlags } from "../check/flags.ts";
import { declare } from "../declare.ts";

export const breakers = declare({
  path: ["breakers"],
  summary: "who calls whom through which breaker, which are open, and which pods are ejected by whom",
  description:
    "Asks every caller's proxy through a port-forward: ejections and open breakers are known there and nowhere else. Shows the edges that carry calls (all with -o wide), and turned around, each ejected pod with its callers. Exit codes: 0 healthy, 3 a pod is ejected or a breaker open, 4 not allowed to look, 5 unknown: a proxy that does not answer or does not export its statistics, or no Istio, 9 calls without a breaker, with --strict.",
  examples: [
    { run: "gennet breakers", says: "All regions of gennet.yaml" },
    { run: "gennet breakers -n shop -o wide", says: "The callers of one namespace, with edges that are not in use" },
    { run: "gennet breakers --only breakers/ejected -o json", says: "Ejected pods and their callers, for a script" },
  ],
  args: {},
  flags: checkFlags,
  answers: "BreakersReport",
  load: () => import("./breakers.run.ts"),
});
