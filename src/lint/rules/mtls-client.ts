import { field, text, texts } from "../fields.ts";
import { isDestinationRule, policiesOf, ruleHost, standsFor } from "../hosts.ts";
import { isKind, type Manifest } from "../manifest.ts";
import { membershipsOfHost, type TreeMembership } from "../membership.ts";
import { undetermined } from "../placeholders.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";

export const mtlsClient: Rule = {
  id: "mtls/client",
  title: "callers use the mesh's mTLS",
  explain:
    'A DestinationRule with tls mode DISABLE or SIMPLE makes callers bypass the mesh\'s mutual TLS for a host inside the mesh: the callee sees no identity and, with STRICT, rejects the call. Without tls, Istio uses mutual TLS if the callee has a sidecar. Hosts inside the mesh are short names and *.svc.cluster.local, except the API server, istiod, Services of type ExternalName, hosts that a ServiceEntry in the tree declares as external, and Services whose pods have no sidecar according to the Namespace (istio-injection: disabled) or the pod template (sidecar.istio.io/inject: "false", hostNetwork) in the tree. If the tree contains a Namespace without any such label, the result is unknown. Other names count as external.',
  severity: "fail",
  fix: "remove tls: Istio then uses mutual TLS if the callee has a sidecar",
  examine: (unit, tree) =>
    unit.manifests
      .filter((each) => isDestinationRule(each) && isServiceHere(each, tree.beside(unit)))
      .flatMap((rule) => {
        const callees = membershipsOfHost(ruleHost(rule), unit, tree);
        const isOutside = callees.length > 0 && callees.every(({ state }) => state === "refused");
        return isOutside ? [] : leavingMtls(rule, doubtAbout(callees));
      }),
};

function leavingMtls(rule: Manifest, doubt: string | undefined): Observation[] {
  return policiesOf(rule)
    .filter(({ tls, path }) => tls !== undefined && field(rule.value, ...path, "tls") !== undefined)
    .flatMap(({ tls, path, part }) => {
      const open = undetermined(rule, [...path, "tls", "mode"]);
      if (open.length > 0) return [...open];
      const mode = text(tls, "mode");
      if (mode !== "DISABLE" && mode !== "SIMPLE") return [];
      const host = text(rule.value, "spec", "host") ?? "";
      const summary = `callers of ${host}${part === undefined ? "" : ` (${part})`} use tls mode ${mode}, not the mesh's mTLS`;
      const at = { manifest: rule, path: [...path, "tls", "mode"] };
      return [
        doubt === undefined ? { ...at, summary } : { ...at, summary: `${summary}; ${doubt}`, severity: "unknown" },
      ];
    });
}

/** Returns why it is unknown whether the callee has a sidecar, if it is. */
function doubtAbout(callees: readonly TreeMembership[]): string | undefined {
  const ambient = callees.find(({ state }) => state === "ambient");
  if (ambient !== undefined) return `it is in the ambient mesh because of ${ambient.by}, which gennet does not check`;
  const unasked = callees.find(({ state, declared }) => state === "unasked" && declared);
  if (unasked === undefined) return undefined;
  return `whether it has a sidecar is unknown: ${unasked.by} has no label istio-injection or istio.io/rev in the tree`;
}

/** Control planes serve their own TLS and have no sidecar. */
const withoutProxy = /^(kubernetes\.default|istiod(-[a-z0-9-]+)?\.istio-system)\.svc\.cluster\.local$/;

function isServiceHere(rule: Manifest, beside: readonly Manifest[]): boolean {
  const host = ruleHost(rule);
  if (!/\.svc\.cluster\.local$|^\*\.local$|^\*$/.test(host) || withoutProxy.test(host)) return false;
  return !beside.some((each) => {
    const isEntry = isKind(each, "networking.istio.io", "ServiceEntry");
    if (isEntry && text(each.value, "spec", "location") !== "MESH_INTERNAL") {
      return texts(each.value, "spec", "hosts").some((pattern) => standsFor(pattern, host));
    }
    const isExternal = isKind(each, "", "Service") && text(each.value, "spec", "type") === "ExternalName";
    return isExternal && host === `${each.name}.${each.namespace ?? rule.namespace}.svc.cluster.local`;
  });
}
