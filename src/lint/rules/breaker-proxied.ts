import { selects } from "../../core/kubernetes/label-selector.ts";
import { interceptionOf } from "../../istio/interception.ts";
import { proxyConfigOf } from "../../istio/proxy-config.ts";
import { outboundBypassOf, whyUnseen } from "../../istio/outbound-bypass.ts";
import { defaultRootNamespace } from "../../istio/peer-authentication.ts";
import { importsHost } from "../../istio/sidecar-egress.ts";
import { type CallEdge, type DeclaredCaller, componentEdges } from "../call-edges.ts";
import { field, isFields, list } from "../fields.ts";
import { fullHost } from "../hosts.ts";
import { isKind, type Manifest } from "../manifest.ts";
import { meshOf } from "../mesh-settings.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Tree } from "../tree.ts";
import type { Unit } from "../unit.ts";
import { annotationsPath, podAnnotations } from "../workloads.ts";

/** Used if the tree does not contain the callee's Service. */
const usualPorts = [80];

export const breakerProxied: Rule = {
  id: "breaker/proxied",
  title: "a caller's calls go through its proxy",
  explain:
    "The caller's proxy applies the DestinationRule, so a call that bypasses the proxy has no breaker. For the calls declared in catalog-info.yaml, this rule finds calls that bypass the proxy because of the annotations traffic.sidecar.istio.io/excludeOutboundPorts, includeOutboundIPRanges and excludeOutboundIPRanges or interceptionMode NONE (checked for the ports of the Service in the tree, otherwise port 80), and calls whose service is missing from the egress of a Sidecar: the proxy treats these connections as unknown, or rejects them. Address ranges other than everything or nothing are not checked, because manifests do not contain the callee's addresses.",
  severity: "fail",
  fix: "remove the port from the annotation, or add the service to the Sidecar's egress",
  examine: (unit, tree) =>
    componentEdges(unit, tree).flatMap((edge) => edge.callers.flatMap((caller) => passing(edge, caller, unit, tree))),
};

function passing(edge: CallEdge, caller: DeclaredCaller, unit: Unit, tree: Tree): readonly Observation[] {
  const { workload: manifest } = caller;
  if (manifest === undefined) return [];
  const beside = tree.beside(unit);
  const why = whyBypassed(edge, manifest, beside) ?? whyNotImported(edge, caller, tree, beside);
  if (why === undefined) return [];
  return [{ manifest, path: annotationsPath, summary: `its calls to ${edge.target} bypass its proxy: ${why}` }];
}

function whyBypassed(edge: CallEdge, workload: Manifest, beside: readonly Manifest[]): string | undefined {
  const annotations = podAnnotations(workload);
  const pod = { annotations, proxyConfig: proxyConfigOf(annotations) };
  const bypass = outboundBypassOf(pod, interceptionOf(pod));
  if (bypass === undefined) return undefined;
  const hosts = new Set(edge.hosts.map(({ host }) => host));
  const service = beside.find((each) => isKind(each, "", "Service") && hosts.has(fullHost(each.name, each.namespace)));
  const ports = list(service?.value, "spec", "ports").flatMap((port) => {
    const number = field(port, "port");
    return typeof number === "number" ? [number] : [];
  });
  const whys = (ports.length === 0 ? usualPorts : ports).map((port) => whyUnseen(bypass, port));
  return whys.find((why) => why !== undefined);
}

function whyNotImported(
  edge: CallEdge,
  { namespace, labels }: DeclaredCaller,
  tree: Tree,
  beside: readonly Manifest[],
): string | undefined {
  if (namespace === undefined) return undefined;
  const sidecar = sidecarOf(namespace, labels ?? {}, meshOf(tree).rootNamespace ?? defaultRootNamespace, beside);
  if (sidecar === undefined) return undefined;
  const isImported = edge.hosts.some((callee) =>
    importsHost(sidecar.value["spec"], namespace, callee.host, callee.namespace),
  );
  if (isImported) return undefined;
  return `the egress of Sidecar ${sidecar.namespace}/${sidecar.name} (${sidecar.file}) does not include ${edge.target}`;
}

/** The Sidecar for the workload, otherwise for its namespace, otherwise for the mesh. */
function sidecarOf(
  namespace: string,
  labels: Readonly<Record<string, unknown>>,
  root: string,
  beside: readonly Manifest[],
): Manifest | undefined {
  const sidecars = beside.filter((each) => isKind(each, "networking.istio.io", "Sidecar"));
  const selectorOf = (each: Manifest): unknown => field(each.value, "spec", "workloadSelector");
  const own = sidecars.filter((each) => each.namespace === namespace);
  return (
    own.find((each) => {
      const selector = selectorOf(each);
      return isFields(selector) && selects({ matchLabels: selector["labels"] }, labels);
    }) ??
    own.find((each) => !isFields(selectorOf(each))) ??
    sidecars.find((each) => each.namespace === root && !isFields(selectorOf(each)))
  );
}
