import { bypassFix, bypassOf, interceptionOf } from "../../istio/interception.ts";
import { membershipIn } from "../membership.ts";
import { interceptionModeOf } from "../mesh-settings.ts";
import type { Rule } from "../rule.ts";
import { annotationsPath, isWorkload, podAnnotations } from "../workloads.ts";

export const mtlsProxied: Rule = {
  id: "mtls/proxied",
  title: "no port is kept from the proxy",
  explain:
    "interceptionMode NONE (sidecar.istio.io/interceptionMode, proxy.istio.io/config, or defaultConfig of a MeshConfig in the tree), traffic.sidecar.istio.io/excludeInboundPorts, or an includeInboundPorts other than *, leads connections to the container without the proxy: plain text, for anyone who reaches the pod, whatever the PeerAuthentication says. TPROXY is fine. Metrics need no such port: the proxy can serve them with its own (prometheus.io annotations). Pods that get no sidecar, by the Namespace in the tree or by themselves, are passed over.",
  severity: "fail",
  fix: "remove the annotation, and have what calls the port join the mesh",
  examine: (unit, tree) =>
    unit.manifests.filter(isWorkload).flatMap((manifest) => {
      if (membershipIn(manifest, unit, tree).state === "refused") return [];
      const bypass = bypassOf(interceptionOf({ annotations: podAnnotations(manifest) }), interceptionModeOf(tree));
      if (bypass === undefined) return [];
      const summary = `connections to ${bypass.ports} do not go through the proxy`;
      const fix = `${bypassFix(bypass.by)}, and have what calls the port join the mesh`;
      return [{ manifest, path: annotationsPath, summary, fix }];
    }),
};
