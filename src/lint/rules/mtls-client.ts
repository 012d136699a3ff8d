import { field, text, texts } from "../fields.ts";
import { isDestinationRule, policiesOf, ruleHost, standsFor } from "../hosts.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";

export const mtlsClient: Rule = {
  id: "mtls/client",
  title: "callers use the mesh's mTLS",
  explain:
    "A DestinationRule with tls mode DISABLE or SIMPLE makes callers leave the mesh's mutual TLS for a host inside it: the callee sees no identity, and with STRICT it refuses the call. Hosts inside the mesh are short names and *.svc.cluster.local, except the API server, istiod, Services of type ExternalName, and what a ServiceEntry in the tree puts outside. Other names are taken for the outside.",
  severity: "fail",
  fix: "set tls.mode: ISTIO_MUTUAL, or leave tls out",
  examine: (unit, tree) =>
    unit.manifests
      .filter((each) => isDestinationRule(each) && isInMesh(each, tree.beside(unit)))
      .flatMap((rule) =>
        policiesOf(rule)
          .filter(({ tls, path }) => tls !== undefined && field(rule.value, ...path, "tls") !== undefined)
          .flatMap(({ tls, path, part }) => {
            const mode = text(tls, "mode");
            if (mode !== "DISABLE" && mode !== "SIMPLE") return [];
            const host = text(rule.value, "spec", "host") ?? "";
            const summary = `callers of ${host}${part === undefined ? "" : ` (${part})`} use tls mode ${mode}, not the mesh's mTLS`;
            return [{ manifest: rule, path: [...path, "tls", "mode"], summary }];
          }),
      ),
};

/** Control planes serve TLS of their own and have no sidecar. */
const withoutProxy = /^(kubernetes\.default|istiod(-[a-z0-9-]+)?\.istio-system)\.svc\.cluster\.local$/;

function isInMesh(rule: Manifest, beside: readonly Manifest[]): boolean {
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
