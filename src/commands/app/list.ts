import { flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  selector: flag.text("K=V", "only Applications with these labels, in the syntax of kubectl's --selector"),
};

export type AppListInput = Input<Record<never, never>, typeof flags>;

export const appList = declare({
  path: ["app", "list"],
  summary: "list the Argo CD Applications of every region",
  description:
    "Shows each Application as Argo CD last saw it: sync status, health, and the operation that is running or ran last. -n sets the namespace of the Applications (default argocd). Exit codes: 0 listed, 4 permission denied, 5 Argo CD is unreachable or not installed in a region.",
  examples: [
    { run: "gennet app list", says: "List all regions" },
    {
      run: "gennet app list --selector app.kubernetes.io/part-of=shop -o wide",
      says: "List the Applications of one domain, with all columns",
    },
  ],
  args: {},
  flags,
  answers: "ApplicationList",
});
