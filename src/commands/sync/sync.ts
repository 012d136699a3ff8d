import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { apps: argument.many("APP", "names of Argo CD Applications") };

const flags = {
  all: flag.switch("sync all Applications"),
  selector: flag.text("K=V", "sync the Applications with these labels, in the syntax of kubectl's --selector"),
  waves: flag.switch("go region by region in the order of their `wave`; stop after a wave that fails or is unknown"),
  async: flag.switch("request the syncs without waiting for running operations or for results"),
  terminate: flag.switch("terminate a running operation instead of waiting for it"),
  prune: flag.switch("delete resources that are no longer in Git, even if the Application's own policy does not"),
  settle: flag.durationOr(30_000, "how long an Application may stay out of sync or degraded after its sync"),
  dryRun: flag.switch("show what is out of sync, as of Argo CD's last comparison; exit code 8 if anything is"),
  refresh: flag.switch("with --dry-run: make Argo CD compare with Git first, which also triggers automated syncs"),
};

export type SyncInput = Input<typeof args, typeof flags>;

export const sync = declare({
  path: ["sync"],
  summary: "sync Argo CD Applications in every region, and wait until healthy",
  description:
    "Waits for a running operation to finish, requests a sync, and follows exactly that sync until the Application is synced and healthy. -n sets the namespace of the Applications (default argocd). Without --timeout, gives up after 15m. If the controller has not started the sync by then, gennet withdraws the request. Exit codes: 0 all healthy, 3 failed, 4 permission denied, 5 unreachable, 6 timed out, 7 superseded by another operation, blocked (a sync window, a deletion, disabled reconciliation, a namespace that Argo CD does not watch), or, with --async, another operation is running.",
  examples: [
    { run: "gennet sync orders", says: "Sync one Application, in every region that has it" },
    { run: "gennet sync --all --region eu-west-1", says: "Sync all Applications of one region" },
    {
      run: "gennet sync --selector app.kubernetes.io/part-of=shop --waves",
      says: "Sync one domain, region after region",
    },
    { run: "gennet sync orders --dry-run --refresh", says: "Show what is out of sync with the current state of Git" },
  ],
  args,
  flags,
  answers: "SyncReport",
});
