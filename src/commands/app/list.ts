import { flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = { selector: flag.text("K=V", "only those with these labels, as kubectl's --selector takes them") };

export type AppListInput = Input<Record<never, never>, typeof flags>;

export const appList = declare({
  path: ["app", "list"],
  summary: "list the Applications of Argo CD in all regions",
  description:
    "What Argo CD last saw of each: in sync or not, its health, and the operation that runs or was the last. -n names the namespace of the Applications (default argocd). Exit codes: 0 listed, 4 not allowed, 5 a region's Argo CD is not reachable or not installed.",
  examples: [
    { run: "gennet app list", says: "All regions" },
    { run: "gennet app list --selector app.kubernetes.io/part-of=shop -o wide", says: "A domain, with all there is" },
  ],
  args: {},
  flags,
  answers: "ApplicationList",
  load: () => import("./list.run.ts"),
});
