import { bypassFix, bypassOf, interceptionOf, sayPorts } from "../../istio/interception.ts";
import { proxyConfigOf } from "../../istio/proxy-config.ts";
import { apiServerPorts } from "../api-server-calls.ts";
import type { Manifest } from "../manifest.ts";
import { mayHaveSidecar } from "../membership.ts";
import { interceptionModeOf } from "../mesh-settings.ts";
import { selectablesIn } from "../policy-pods.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Tree } from "../tree.ts";
import type { Unit } from "../unit.ts";
import { annotationsPath, isWorkload, podAnnotations } from "../workloads.ts";

export const mtlsProxied: Rule = {
  id: "mtls/proxied",
  title: "every port goes through the proxy",
  explain:
    "With interceptionMode NONE (sidecar.istio.io/interceptionMode, proxy.istio.io/config, or defaultConfig of a MeshConfig in the tree), traffic.sidecar.istio.io/excludeInboundPorts, or an includeInboundPorts other than *, connections bypass the proxy and reach the container directly: in plain text, from anything that can reach the pod, whatever the PeerAuthentication says. TPROXY is fine. An excluded port that the API server calls, for an admission webhook or an aggregated API of the tree, is a warning, because the API server has no sidecar. Metrics do not need an excluded port: the proxy can serve them with its own (prometheus.io annotations). Pods without a sidecar, according to the Namespace in the tree or their own settings, are skipped.",
  severity: "fail",
  fix: "remove the annotation, and add the callers of the port to the mesh",
  examine: (unit, tree) =>
    unit.manifests.filter(isWorkload).flatMap((manifest): Observation[] => {
      if (!mayHaveSidecar(manifest, unit, tree)) return [];
      const annotations = podAnnotations(manifest);
      const interception = interceptionOf({ annotations, proxyConfig: proxyConfigOf(annotations) });
      const bypass = bypassOf(interception, interceptionModeOf(tree));
      if (bypass === undefined) return [];
      const calls = bypass.excluded === undefined ? new Map<number, string>() : calledPorts(manifest, unit, tree);
      const called = bypass.excluded?.filter((port) => calls.has(Number(port))) ?? [];
      const others = bypass.excluded?.filter((port) => !called.includes(port));
      const fix = `${bypassFix(bypass.by)}, and add the callers of the port to the mesh`;
      const summary = `connections to ${others === undefined ? bypass.ports : sayPorts(others)} bypass the proxy`;
      const open = others?.length === 0 ? [] : [{ manifest, path: annotationsPath, summary, fix }];
      return [...open, ...called.map((port) => ofApiServer(manifest, port, calls.get(Number(port)) ?? ""))];
    }),
};

function calledPorts(manifest: Manifest, unit: Unit, tree: Tree): ReadonlyMap<number, string> {
  const own = selectablesIn(manifest.namespace, unit, tree).find((each) => each.manifest === manifest);
  return own === undefined ? new Map() : apiServerPorts(own, manifest.namespace, unit, tree);
}

function ofApiServer(manifest: Manifest, port: string, by: string): Observation {
  return {
    manifest,
    path: annotationsPath,
    summary: `connections to port ${port} bypass the proxy; the API server calls it (${by}), which has no sidecar`,
    fix: "limit the exception to this port, and only admit the API server with a NetworkPolicy",
    severity: "warn",
  };
}
