import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { app: argument.one("APP", "an Application of Argo CD by name") };

export type AppTreeInput = Input<typeof args, Record<never, never>>;

export const appTree = declare({
  path: ["app", "tree"],
  summary: "show what an Application of Argo CD consists of, and how each part is",
  description:
    "The resources that Git holds, in the order of their waves, with what Argo CD last saw of each, and the pods below the workloads as they are now. -n names the namespace of the Application (default argocd).",
  examples: [{ run: "gennet app tree orders --region eu-west-1", says: "In one region" }],
  args,
  flags: {},
  answers: "ApplicationTree",
  load: () => import("./tree.run.ts"),
});
