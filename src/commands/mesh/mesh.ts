import { checkFlags } from "../check/flags.ts";
import { declare } from "../declare.ts";

export const mesh = declare({
  path: ["mesh"],
  summary: "check proxy sync, sidecars and strict mTLS",
  description:
    "Queries every istiod about its proxies through a port-forward, and determines the mTLS mode from the PeerAuthentications. If an istiod does not answer, its proxies are unknown. Exit codes: 0 healthy, 3 a proxy is stale or rejects its configuration (NACK), a sidecar is missing, or a workload accepts plain text, 4 permission denied, 5 unknown, for example because Istio is not installed.",
  examples: [
    { run: "gennet mesh", says: "Check all regions of gennet.yaml" },
    { run: "gennet mesh --region eu-west-1 -o wide", says: "Check one region, and list every proxy and workload" },
    { run: "gennet mesh --wait --only mesh/sync", says: "After a change: wait until every proxy has it" },
  ],
  args: {},
  flags: checkFlags,
  answers: "MeshReport",
});
