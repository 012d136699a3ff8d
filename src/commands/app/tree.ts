import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { app: argument.one("APP", "the name of an Argo CD Application") };

export type AppTreeInput = Input<typeof args, Record<never, never>>;

export const appTree = declare({
  path: ["app", "tree"],
  summary: "show the resources of an Argo CD Application and their health",
  description:
    "Lists the resources that the Application manages, by sync wave, as Argo CD last saw them. The pods of each workload are read from the cluster. -n sets the namespace of the Application (default argocd).",
  examples: [{ run: "gennet app tree orders --region eu-west-1", says: "Show one region only" }],
  args,
  flags: {},
  answers: "ApplicationTree",
});
