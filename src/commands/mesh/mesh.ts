import { checkFlags } from "../check/flags.ts";
import { declare } from "../declare.ts";

export const mesh = declare({
  path: ["mesh"],
  summary: "whether every proxy has what istiod sent, every pod its sidecar, every workload strict mTLS",
  description:
    "Asks every istiod about its proxies through a port-forward, and works out mutual TLS from the PeerAuthentications. An istiod that does not answer is unknown, and so are its proxies. Exit codes: 0 healthy, 3 a proxy is stale or refuses what it was sent (NACK), a sidecar is missing or a workload takes plain text, 4 not allowed to look, 5 unknown, also where there is no Istio.",
  examples: [
    { run: "gennet mesh", says: "All regions of gennet.yaml" },
    { run: "gennet mesh --region eu-west-1 -o wide", says: "One region, with every proxy and every workload" },
    { run: "gennet mesh --wait --only mesh/sync", says: "After a change: until every proxy has it" },
  ],
  args: {},
  flags: checkFlags,
  answers: "MeshReport",
  load: () => import("./mesh.run.ts"),
});
