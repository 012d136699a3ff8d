import { bypassOf } from "../../istio/proxy-bypass.ts";
import type { Rule } from "../rule.ts";
import { annotationsPath, isWorkload, podAnnotations } from "../workloads.ts";

export const mtlsProxied: Rule = {
  id: "mtls/proxied",
  title: "no port is kept from the proxy",
  explain:
    "traffic.sidecar.istio.io/excludeInboundPorts, or an includeInboundPorts other than *, leads connections to the container without the proxy: plain text, for everybody who reaches the pod, whatever the PeerAuthentication says. Metrics need no such port: the proxy can serve them with its own (prometheus.io annotations).",
  severity: "fail",
  fix: "remove the annotation, and have what calls the port join the mesh",
  examine: (unit) =>
    unit.manifests.filter(isWorkload).flatMap((manifest) => {
      const ports = bypassOf(podAnnotations(manifest));
      if (ports === undefined) return [];
      return [{ manifest, path: annotationsPath, summary: `connections to ${ports} do not go through the proxy` }];
    }),
};
