import type { ClusterVersion } from "../../../aws/eks/versions.ts";
import type { CheckFinding } from "../../../core/check.ts";
import { minorBy, minorOf } from "../../../core/kubernetes/minor-version.ts";
import { offeredIn, supportFacts, until, versionNames } from "../../offered-versions.ts";
import type { UpgradeStep } from "../upgrade-step.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/target-version";

export const targetVersion: ReadinessCheck = {
  id,
  title: "Kubernetes version to change to",
  explain:
    "EKS changes the version of a cluster by one minor version at a time, to a version that it offers. Standard support lasts 14 months, and 12 months of extended support follow, which costs more for each hour of the cluster. A cluster can only be rolled back to a version in extended support if its upgrade policy allows extended support (`kubernetes.support: extended`). https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html",
  async run({ step, cluster, versions }) {
    const { from, to, kind } = step;
    const about = { id, subject: `Kubernetes ${to}` };
    const found = await cluster();
    if (found === undefined) return [{ ...about, severity: "fail", summary: "the cluster does not exist" }];
    if (minorOf(to) - minorOf(from) !== (kind === "upgrade" ? 1 : -1)) {
      const summary = `EKS changes one minor version at a time, and the control plane has ${from}`;
      return [{ ...about, severity: "fail", summary, fix: `Change to ${neighbour(step)} first.` }];
    }
    const offered = offeredIn(await versions());
    const offer = offered.find(({ version }) => version === to);
    if (offer === undefined) {
      return [{ ...about, severity: "fail", summary: `EKS does not offer it, but ${versionNames(offered)}` }];
    }
    const state = supportOf(offer);
    if (kind === "rollback" && offer.support === "EXTENDED_SUPPORT" && found.supportType !== "EXTENDED") {
      const summary = `is in extended support, which the cluster's upgrade policy ${found.supportType} does not allow`;
      const fix = "Set kubernetes.support to extended in gennet.yaml, then run `gennet region bootstrap`.";
      return [{ ...state, ...about, severity: "fail", summary, fix }];
    }
    return [{ ...about, ...state }];
  },
};

function neighbour({ from, kind }: UpgradeStep): string {
  return minorBy(from, kind === "upgrade" ? 1 : -1);
}

function supportOf(offer: ClusterVersion): Omit<CheckFinding, "id" | "subject"> {
  const { support, standardUntil, extendedUntil } = offer;
  const evidence = supportFacts(offer);
  const extended = `extended support${until(extendedUntil)}`;
  if (support === "EXTENDED_SUPPORT") return { severity: "warn", summary: `${extended}, which costs more`, evidence };
  return { severity: "ok", summary: `standard support${until(standardUntil)}, then ${extended}`, evidence };
}
