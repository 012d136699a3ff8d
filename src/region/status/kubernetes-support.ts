import type { ClusterVersion } from "../../aws/eks/versions.ts";
import type { CheckFinding } from "../../core/check.ts";
import { supportFacts, until } from "../offered-versions.ts";
import { daysUntil, type RegionStatusCheck } from "./status-context.ts";

const id = "region/kubernetes-support";
/** One minor version at a time: an upgrade over two takes weeks to be tested. */
const noticeDays = 60;

export const kubernetesSupport: RegionStatusCheck = {
  id,
  title: "support of the Kubernetes version",
  explain:
    "EKS supports a Kubernetes version for 14 months, and for 12 more months at a higher price. A cluster that is in extended support, or reaches the end of a kind of support within 60 days, is a warning: with `kubernetes.support: standard`, EKS upgrades it when standard support ends, and always when extended support ends. Upgrade one minor version at a time, by `kubernetes.version` in gennet.yaml.",
  async run({ world, cluster, versions, now }) {
    const found = await cluster();
    if (found === undefined) return [];
    const offer = (await versions()).find(({ version }) => version === found.version);
    const about = { id, subject: `Kubernetes ${found.version}` };
    if (offer === undefined) return [{ ...about, severity: "warn", summary: "EKS does not list this version" }];
    const fix = `Set kubernetes.version of region ${world.region.name} in gennet.yaml to the next minor version.`;
    const finding = { ...about, ...stateOf(offer, world.region.kubernetes.support, now()) };
    return [finding.severity === "ok" ? finding : { ...finding, fix }];
  },
};

function stateOf(
  offer: ClusterVersion,
  policy: "standard" | "extended",
  now: number,
): Pick<CheckFinding, "severity" | "summary" | "evidence"> {
  const { support, standardUntil, extendedUntil } = offer;
  const evidence = supportFacts(offer);
  if (support === "UNSUPPORTED") return { severity: "fail", summary: "is no longer supported by EKS", evidence };
  const isExtended = support === "EXTENDED_SUPPORT";
  const end = isExtended ? extendedUntil : standardUntil;
  const kind = isExtended ? "extended support, which costs more" : "standard support";
  if (end === undefined) return { severity: isExtended ? "warn" : "ok", summary: kind, evidence };
  const isSoon = daysUntil(end, now) <= noticeDays;
  const then =
    isExtended || policy === "standard" ? "then EKS upgrades the cluster" : "then extended support, which costs more";
  const summary = `${kind}${until(end)}, ${then}`;
  return { severity: isExtended || isSoon ? "warn" : "ok", summary, evidence };
}
