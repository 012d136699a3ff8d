import type { ClusterVersion } from "../../aws/eks/versions.ts";
import type { CheckFinding } from "../../core/check.ts";
import { kubernetesVersion as kubernetesVersionOf } from "../kubernetes-version.ts";
import { offeredIn, until, versionNames } from "../offered-versions.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";

const id = "preflight/kubernetes-version";

export const kubernetesVersion: PreflightCheck = {
  id,
  title: "Kubernetes version on offer",
  explain:
    "EKS offers a few Kubernetes versions at a time, each with 14 months of standard support and 12 months of extended support, which costs more for each hour of a cluster. A version that EKS does not offer in the region is a failure, and one in extended support a warning. With `kubernetes.support: standard`, EKS upgrades a cluster itself when standard support ends.",
  async run(context, signal) {
    if (creationsOf(context, steps.cluster) === 0) return [];
    const { aws, region } = context.world;
    const wanted = kubernetesVersionOf(region);
    const supported = offeredIn(await (await aws.service("eks")).versions(signal));
    const found = supported.find((each) => (wanted === undefined ? each.isDefault : each.version === wanted));
    if (found !== undefined) return [findingOn(found, region.kubernetes.support)];
    return [
      {
        id,
        severity: "fail",
        subject: `Kubernetes ${wanted ?? "default"}`,
        summary: `EKS does not offer it in ${region.awsRegion}, but ${versionNames(supported)}`,
        fix: `Set kubernetes.version of region ${region.name} in gennet.yaml to one of them.`,
      },
    ];
  },
};

function findingOn(offer: ClusterVersion, policy: "standard" | "extended"): CheckFinding {
  const { version, support } = offer;
  const about = { id, subject: `Kubernetes ${version}`, evidence: { version, support } };
  if (support === "STANDARD_SUPPORT") {
    const later = policy === "standard" ? "EKS upgrades the cluster" : `extended support${until(offer.extendedUntil)}`;
    return { ...about, severity: "ok", summary: `standard support${until(offer.standardUntil)}, then ${later}` };
  }
  if (support === "EXTENDED_SUPPORT") {
    const ended = `extended support${until(offer.extendedUntil)}, which costs more`;
    const upgraded = `${ended}; with kubernetes.support: standard, EKS upgrades the cluster`;
    const fix = "Set kubernetes.version in gennet.yaml to a newer version.";
    return { ...about, severity: "warn", summary: policy === "standard" ? upgraded : ended, fix };
  }
  return { ...about, severity: "warn", summary: `EKS reports ${support}` };
}
