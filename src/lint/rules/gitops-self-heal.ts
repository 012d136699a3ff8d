import { globMatches } from "../../core/glob.ts";
import { annotation, isKind, type Manifest } from "../manifest.ts";
import { chartValues } from "../chart-values.ts";
import { field, fields, list, type Path, text } from "../fields.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";

/** What changes after an Istio chart is installed, and what changes it. */
interface Drift {
  readonly group: string;
  readonly kind: string;
  readonly summary: string;
  readonly fix: string;
}

const webhook: Drift = {
  group: "admissionregistration.k8s.io",
  kind: "ValidatingWebhookConfiguration",
  summary:
    "istiod sets failurePolicy of its ValidatingWebhookConfiguration to Fail, and self-healing reverts it repeatedly",
  fix: "add ignoreDifferences for ValidatingWebhookConfiguration: jqPathExpressions .webhooks[]?.failurePolicy, and .webhooks[]?.clientConfig.caBundle",
};
const divisor: Drift = {
  group: "apps",
  kind: "DaemonSet",
  summary:
    "the API server adds resourceFieldRef.divisor to the istio-cni DaemonSet of Istio before 1.27, so it stays out of sync and self-healing syncs it repeatedly",
  fix: "use Istio 1.27 or later, or add ignoreDifferences for the DaemonSet istio-cni-node: jqPathExpressions .spec.template.spec.containers[].env[].valueFrom.resourceFieldRef.divisor",
};

export const gitopsSelfHeal: Rule = {
  id: "gitops/self-heal",
  title: "self-healing does not revert Istio's own changes",
  explain:
    "istiod sets failurePolicy in its own ValidatingWebhookConfiguration (charts istiod and base) as soon as it can validate, and the API server adds defaults to the DaemonSet of istio-cni before Istio 1.27. An Application with automated sync and self-healing treats this as drift, so it stays out of sync and syncs endlessly. To avoid it, set ignoreDifferences for the object; or base.validationFailurePolicy: Fail for the webhook, or ServerSideDiff for the DaemonSet. gennet identifies a chart by its name in Istio's repository, or by the last part of its path in Git.",
  severity: "warn",
  fix: webhook.fix,
  examine: (unit) =>
    unit.manifests.flatMap((each) => {
      if (isKind(each, "argoproj.io", "Application")) return judge(each, ["spec"]);
      return isKind(each, "argoproj.io", "ApplicationSet") ? judge(each, ["spec", "template", "spec"]) : [];
    }),
};

function judge(manifest: Manifest, at: Path): Observation[] {
  const spec = field(manifest.value, ...at);
  const automated = field(spec, "syncPolicy", "automated");
  if (field(automated, "selfHeal") !== true || field(automated, "enabled") === false) return [];
  const sources = [field(spec, "source"), ...list(spec, "sources")].filter((each) => each != null);
  const drifts = new Set(sources.flatMap((source) => driftOf(source, manifest)));
  return [...drifts]
    .filter((drift) => !isIgnored(spec, drift))
    .map(({ summary, fix }) => ({ manifest, path: [...at, "ignoreDifferences"], summary, fix }));
}

function driftOf(source: unknown, manifest: Manifest): Drift[] {
  const chart = text(source, "chart") ?? (text(source, "path") ?? "").split("/").findLast((part) => part !== "") ?? "";
  const isIstios = /istio/i.test(`${text(source, "repoURL") ?? ""} ${text(source, "path") ?? ""} ${manifest.name}`);
  if (/^(istiod|istio-discovery|istio-base)$/.test(chart) || (chart === "base" && isIstios)) {
    return isSettled(chartValues(source)) ? [] : [webhook];
  }
  if (chart !== "istio-cni" && !(chart === "cni" && isIstios)) return [];
  const [major = 0, minor = 0] =
    /^v?(\d+)\.(\d+)/
      .exec(text(source, "targetRevision") ?? "")
      ?.slice(1)
      .map(Number) ?? [];
  const isDiffedByServer =
    annotation(manifest, "argocd.argoproj.io/compare-options")?.includes("ServerSideDiff=true") === true;
  return isDiffedByServer || major > 1 || (major === 1 && minor >= 27) ? [] : [divisor];
}

/**
 * Returns whether the values leave nothing for istiod to change. A wrapper chart has them in the values of its istiod
 * subchart.
 * https://github.com/istio/istio/blob/1.30.3/manifests/charts/istio-control/istio-discovery/templates/validatingwebhookconfiguration.yaml
 */
function isSettled(values: unknown): boolean {
  return [values, ...Object.values(fields(values))].some((each) => {
    const isValidating = field(each, "global", "configValidation");
    if (isValidating === false || isValidating === "false") return true;
    return (
      Boolean(text(each, "base", "validationCABundle")) || text(each, "base", "validationFailurePolicy") === "Fail"
    );
  });
}

function isIgnored(spec: unknown, { group, kind }: Drift): boolean {
  return list(spec, "ignoreDifferences").some(
    (each) => globMatches(text(each, "group") ?? "", group) && globMatches(text(each, "kind") ?? "", kind),
  );
}
