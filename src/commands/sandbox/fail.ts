import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  what: argument.one(
    "WHAT",
    "region, istiod, argocd, eso, tracing, store, or a real pod or a Deployment (one of its pods) as NAMESPACE/NAME",
  ),
  target: argument.optional("NAME", "the region or the name of the store; istiod, argocd, eso and tracing need none"),
};
const flags = {
  name: flag.textOr("NAME", "default", "the name of the sandbox"),
  status: flag.integer("CODE", 200, "pods only: the HTTP status of every response, except to probes"),
  latency: flag.duration("pods only: a delay for every request, except probes"),
  down: flag.switch("pods only: refuse connections"),
  nack: flag.switch("pods only: make the sidecar reject its configuration from istiod"),
};

export type SandboxFailInput = Input<typeof args, typeof flags>;

export const sandboxFail = declare({
  path: ["sandbox", "fail"],
  summary: "inject a failure into a sandbox component or pod",
  description:
    "Kills the processes of the component and keeps them down until `gennet sandbox heal` or `gennet sandbox up`. region: the " +
    "API server is unreachable; data in etcd is kept. argocd: everything except Redis. eso: External Secrets. tracing: where the platform sends spans. Without " +
    "--region, affects every region. `gennet sandbox status` lists the injected failures.",
  examples: [
    { run: "gennet sandbox fail region us-east-1", says: "Make a region unreachable" },
    {
      run: "gennet sandbox fail istiod --region eu-west-1",
      says: "Stop istiod: proxies receive no more configuration",
    },
    { run: "gennet sandbox fail eso", says: "Stop External Secrets: secrets are no longer synced" },
    {
      run: "gennet sandbox fail shop/orders-6c5f-x2x7q --status 503",
      says: "Make a pod fail requests although it is ready",
    },
    { run: "gennet sandbox fail store postgres", says: "Crash a database in every region" },
  ],
  args,
  flags,
  answers: "SandboxFaults",
});
