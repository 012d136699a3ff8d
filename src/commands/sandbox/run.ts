import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.one("PATH", "the folder of a service, with its manifests in deploy/") };
const flags = {
  name: flag.textOr("NAME", "default", "the sandbox to use if there is neither a gennet.yaml nor --context"),
  wait: flag.durationOr(60_000, "how long to wait for its workloads to become available"),
};

export type SandboxRunInput = { readonly path: string; readonly name: string; readonly wait: number };

export const sandboxRun = declare({
  path: ["sandbox", "run"],
  summary: "apply a service's manifests in every region, and wait until available",
  description:
    "Builds PATH/deploy/overlays/REGION with Kustomize, or PATH/deploy/base if there is no overlay, and applies it server-side. " +
    "Without either, applies every file in PATH/deploy. The regions are those of gennet.yaml (narrowed by --region), the " +
    "contexts given with --context, or else every region of the sandbox. Does not touch Argo CD Applications. Pods on " +
    "simulated nodes do not run containers.",
  examples: [
    { run: "gennet sandbox run orders", says: "Apply in every region" },
    { run: "gennet sandbox run orders --region eu-west-1", says: "Apply in one region" },
    { run: "gennet sandbox run orders --wait 5m", says: "Wait longer for a slow start" },
  ],
  args,
  flags,
  answers: "SandboxRun",
});
