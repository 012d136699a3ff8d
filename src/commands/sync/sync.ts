import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { apps: argument.many("APP", "Applications of Argo CD by name") };

const flags = {
  all: flag.switch("all Applications"),
  selector: flag.text("K=V", "the Applications with these labels, as kubectl's --selector takes them"),
  waves: flag.switch("region by region in the order of their `wave`; stop after a wave that fails or is unknown"),
  async: flag.switch("ask for the syncs and do not wait, neither for others nor for the result"),
  terminate: flag.switch("end the operation that is in progress instead of waiting behind it"),
  prune: flag.switch("delete what is no longer in Git, also where the Application's own policy does not"),
  settle: flag.durationOr(30_000, "how long it may stay out of sync or degraded after its sync"),
  dryRun: flag.switch(
    "show what is out of sync, as Argo CD last compared, and change nothing; exit 8 where there is something",
  ),
  refresh: flag.switch(
    "with --dry-run: have Argo CD compare with Git first; what is synced automatically is then synced",
  ),
};

export type SyncInput = Input<typeof args, typeof flags>;

export const sync = declare({
  path: ["sync"],
  summary: "sync Applications of Argo CD in all regions, and wait until they are healthy",
  description:
    "Waits behind an operation that is in progress, asks for its own and follows that one, not whichever is the last, until the Application is synced and healthy. -n names the namespace of the Applications (default argocd); without --timeout it ends after 15m. A request that the controller has not begun when gennet gives up is withdrawn. Exit codes: 0 all healthy, 3 failed, 4 not allowed, 5 not reachable, 6 timed out, 7 superseded by another operation, blocked (a sync window, a deletion, reconciliation switched off, a namespace that Argo CD does not watch), or (--async) another operation is in progress.",
  examples: [
    { run: "gennet sync orders", says: "One Application, in every region that has it" },
    { run: "gennet sync --all --region eu-west-1", says: "All of one region" },
    { run: "gennet sync --selector app.kubernetes.io/part-of=shop --waves", says: "A domain, region after region" },
    { run: "gennet sync orders --dry-run --refresh", says: "What is out of sync with what Git holds now" },
  ],
  args,
  flags,
  answers: "SyncReport",
  load: () => import("./sync.run.ts"),
});
