import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const gitopsCodes = {
  GIT_REMOTE_UNREACHABLE: {
    exit: exit.unreachable,
    title: "The Git repository does not answer",
    explain:
      "Git got no connection to the repository, or no answer in two minutes. gennet uses the Git of this machine with your own settings, so `git ls-remote` with the same address shows the same. A commit that was already pushed stays; the next run finds it.",
  },
  GIT_REMOTE_DENIED: {
    exit: exit.denied,
    title: "The Git repository cannot be read",
    explain:
      "The repository does not exist, or your credentials give no access to it; many servers answer both in the same way. gennet uses the Git of this machine: keys of your SSH agent, and credential helpers. It never asks for a password, and never lets Git ask. If `git ls-remote` with this address works without a question, gennet can read it, too.",
  },
  GIT_PUSH_REFUSED: {
    exit: exit.denied,
    title: "The Git repository refused a commit",
    explain:
      "The branch is protected, a hook of the server rejected the commit, or your credentials may only read. gennet pushes to the branch itself, never by force. Give the user that runs gennet the right to push, or set gitops.branch in gennet.yaml to a branch that it may write and Argo CD reads.",
  },
  GIT_REMOTE_BUSY: {
    exit: exit.conflict,
    title: "The branch moves faster than gennet can commit",
    explain:
      "Each time gennet had made its commit, the branch had another new one. gennet began again a few times and gave up. Nothing of others was overwritten. Run the same command again.",
  },
  APPLICATION_UNKNOWN: {
    exit: exit.usage,
    title: "No Argo CD Application of that name",
    explain:
      "No region has this Application in the namespace that gennet searched: argocd, or the one given with -n. Nothing was synced. `gennet app list` lists the Applications.",
  },
  SYNC_ORDER_OWNED: {
    exit: exit.conflict,
    title: "An ApplicationSet controls the order of these syncs",
    explain:
      "An ApplicationSet with the strategy RollingSync starts the syncs of its Applications step by step, and disables their automated syncs. An order from --waves would conflict with it, so nothing was synced. Watch the ApplicationSet with `kubectl describe applicationset`, or sync without --waves.",
  },
} as const satisfies ErrorCodes;
