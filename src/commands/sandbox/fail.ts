import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  what: argument.one("WHAT", "region, istiod, argocd, eso, store, or a real pod, NAMESPACE/NAME"),
  target: argument.optional("NAME", "of the region, or of one store; of the others there is one in each region"),
};
const flags = {
  name: flag.textOr("NAME", "default", "the sandbox's name"),
  status: flag.integer("CODE", 200, "of a pod: the HTTP status that every request gets, but for probes"),
  latency: flag.duration("of a pod: how long every request waits, but for probes"),
  down: flag.switch("of a pod: connections are refused"),
  nack: flag.switch("of a pod: its sidecar refuses what istiod sends"),
};

export type SandboxFailInput = Input<typeof args, typeof flags>;

export const sandboxFail = declare({
  path: ["sandbox", "fail"],
  summary: "make a part of a sandbox fail, until it is healed or the sandbox is brought up again",
  description:
    "Its processes are killed and stay down. region: the API server cannot be reached, what etcd holds stays. argocd: all of\n" +
    "it but its Redis. eso: External Secrets. Without --region it happens in every region. `gennet sandbox status` says\n" +
    "what failed on purpose.",
  examples: [
    { run: "gennet sandbox fail region us-east-1", says: "A region is away" },
    { run: "gennet sandbox fail istiod --region eu-west-1", says: "Proxies hear of no change any more" },
    { run: "gennet sandbox fail eso", says: "Nothing brings secrets into the clusters" },
    { run: "gennet sandbox fail shop/orders-6c5f-x2x7q --status 503", says: "A pod that looks well and is not" },
    { run: "gennet sandbox fail store postgres", says: "A database that crashed, in every region" },
  ],
  args,
  flags,
  answers: "SandboxFaults",
  load: () => import("./fail.run.ts"),
});
