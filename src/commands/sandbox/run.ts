import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.one("PATH", "the folder of a service; its manifests are in deploy/") };
const flags = {
  name: flag.textOr("NAME", "default", "the sandbox to run it in where there is neither a gennet.yaml nor --context"),
  wait: flag.durationOr(60_000, "how long to wait until its workloads are available"),
};

export type SandboxRunInput = { readonly path: string; readonly name: string; readonly wait: number };

export const sandboxRun = declare({
  path: ["sandbox", "run"],
  summary: "put a service's manifests into every region, and wait until it is available",
  description:
    "It applies server-side what Kustomize builds of PATH/deploy/overlays/REGION, else of PATH/deploy/base, and where " +
    "there is neither every file of PATH/deploy: into the regions of gennet.yaml, those of --region among them, into the " +
    "contexts of --context, or else into every region of the sandbox. Applications of Argo CD are left alone. Pods on " +
    "simulated nodes run no container.",
  examples: [
    { run: "gennet sandbox run orders", says: "Into every region" },
    { run: "gennet sandbox run orders --region eu-west-1", says: "Into one of them" },
    { run: "gennet sandbox run orders --wait 5m", says: "For a service that is slow to come up" },
  ],
  args,
  flags,
  answers: "SandboxRun",
  load: () => import("./run.run.ts"),
});
