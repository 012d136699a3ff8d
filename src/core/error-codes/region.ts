import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const regionCodes = {
  PLAN_DRIFTED: {
    exit: exit.conflict,
    title: "The state has changed since the plan was made",
    explain:
      "Something that the plan would change has changed in the meantime. gennet only makes planned changes, so it refused this step. Make a new plan with `gennet region plan` and review it.",
  },
  PLAN_SPEC_CHANGED: {
    exit: exit.conflict,
    title: "gennet.yaml has changed since the plan was made",
    explain:
      "The plan file contains a hash of the region's settings in gennet.yaml, which have been edited since. Make a new plan with `gennet region plan --out FILE`.",
  },
  PLAN_INVALID: {
    exit: exit.usage,
    title: "The file is not a plan",
    explain:
      "--plan takes a file written by `gennet region plan --out FILE`, by a version of gennet with the same plan format.",
  },
  REGION_RESOURCE_UNKNOWN: {
    exit: exit.usage,
    title: "The platform has no such resource",
    explain:
      "--only and --except take the id of a resource, such as `vpc`, or a region and an id, such as `eu/vpc`. What the regions share is `platform/ID`. `gennet region plan -o json` shows every id as `step`.",
  },
  STEP_FAILED: {
    exit: exit.unhealthy,
    title: "The resource reported a failure",
    explain:
      "AWS or Kubernetes accepted the request but then reported a failure; the message is theirs. Completed changes stay in place. Fix the cause and run the same command again: it resumes from there.",
  },
  STEP_NOT_READY: {
    exit: exit.timedOut,
    title: "The resource did not become ready",
    explain:
      "The resource was created, but did not become ready within the maximum time for its kind. Nothing is rolled back. Run the same command again to keep waiting, or inspect the resource in the AWS console.",
  },
  REGION_PREFLIGHT_FAILED: {
    exit: exit.unhealthy,
    title: "AWS cannot make what the plan creates",
    explain:
      "Before the first change, gennet asks AWS whether it can make what the plan creates: quotas, versions and instance types on offer, free addresses, permissions. Something there would fail after other resources were already created and paid for, so nothing was created. `gennet region plan` shows everything that was found; `gennet explain ID` explains a finding, such as preflight/quotas.",
  },
  REGION_NOT_READY: {
    exit: exit.unhealthy,
    title: "The region is not ready for another Kubernetes version",
    explain:
      "Right before EKS changes the version of a control plane, gennet asks whether something is in the way: EKS's own insights, removed APIs that are still used, free addresses, pods that cannot be evicted, add-ons without a fitting version, and the health of the region. Fix what the message names, then run the same command again: it continues from there. `gennet region upgrade REGION --dry-run` asks without changing anything.",
  },
  REGION_READINESS_UNKNOWN: {
    exit: exit.unreachable,
    title: "Whether the region is ready for another Kubernetes version is unknown",
    explain:
      "gennet could not ask everything that could be in the way of an upgrade or a rollback, so it changed nothing. Unknown is no pass. Fix what the message names, then run the same command again.",
  },
  REGION_BAKE_FAILED: {
    exit: exit.unhealthy,
    title: "The region is unhealthy with its new control plane",
    explain:
      "The control plane was upgraded, and while its nodes and add-ons still were the old ones, the checks of `gennet status` failed for more than three minutes. Nothing else was upgraded. `gennet region rollback REGION` brings back the control plane's previous version, as EKS allows for seven days. If the cause is something else, fix it and run `gennet region upgrade REGION` again: it continues with the bake.",
  },
  REGION_BAKE_UNKNOWN: {
    exit: exit.unreachable,
    title: "Whether the region is healthy with its new control plane is unknown",
    explain:
      "The control plane was upgraded, but for more than three minutes the checks of `gennet status` could not say whether the region is healthy. Nothing else was upgraded. Run `gennet region upgrade REGION` again: it continues with the bake.",
  },
  REGION_UPGRADE_REFUSED: {
    exit: exit.unhealthy,
    title: "The Kubernetes version of the region cannot be changed like this",
    explain:
      "An upgrade needs a cluster, and a `kubernetes.version` in gennet.yaml that is not older than the cluster's. A rollback goes to the minor version before the last upgrade, which may be at most seven days old, and only while all node groups still have that version: EKS does not roll them back. While EKS changes the version in one direction, it is not changed in the other: the message has the update that has to end first.",
  },
  REGION_NOT_MANAGED: {
    exit: exit.conflict,
    title: "A resource of that name exists, but was not made by gennet",
    explain:
      "A cluster or role with the name that gennet would use already exists, without gennet's tags. gennet does not change it. To take it over, review `gennet region plan --adopt`, then run `gennet region bootstrap --adopt`. Otherwise choose another `cluster` name for the region, or another name for the platform or the region. For commands that only read, you can use an existing cluster with --context.",
  },
  REGION_FENCED: {
    exit: exit.conflict,
    title: "A failover continued without this region",
    explain:
      "A failover could not take the lease of this region, because it did not answer, and made another region take over. It left a fence in the state bucket of that region, so that nothing changes this one when it comes back: its databases are not the ones that are written to any more, and its own plans know nothing of that. Compare it with what the failover changed, which is in the journal that the fence names. Then lift the fence.",
  },
  REGION_PRIMARY: {
    exit: exit.conflict,
    title: "The primary region cannot be destroyed before the others",
    explain:
      "The primary region holds the originals that other regions copy, and what all regions share. Destroy the other regions first: the last one takes along what they share.",
  },
  REGION_DOUBLED: {
    exit: exit.conflict,
    title: "Duplicate resources found",
    explain:
      "Two resources have the tags that identify a resource of gennet. gennet cannot determine which one is right, so it changes neither. Delete the unused one, or remove its gennet tags.",
  },
} as const satisfies ErrorCodes;
