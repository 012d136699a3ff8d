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
import type { Observation, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";
import type { Unit } from "../unit.ts";
import { annotationsPath, podAnnotations } from "../workloads.ts";

/** Where the tree does not have the Service that is called. */
const usualPorts = [80];

export const breakerProxied: Rule = {
  id: "breaker/proxied",
  title: "a caller's calls go through its proxy",
  explain:
    "A DestinationRule holds in the caller's proxy: a call that does not pass it has no breaker. Of the calls that catalog-info.yaml names, those are found that the annotations traffic.sidecar.istio.io/excludeOutboundPorts, includeOutboundIPRanges and excludeOutboundIPRanges or interceptionMode NONE keep from it (by the ports of the Service where the tree has it, else port 80), and those whose service a Sidecar leaves out of its egress: their connections pass as unknown ones, or are refused. Address ranges that are not everything or nothing are not compared with the callee's addresses, which no manifest has.",
  severity: "fail",
  fix: "take the port out of the annotation, or import the service in the Sidecar's egress",
  examine: (unit, tree) =>
    componentEdges(unit, tree).flatMap((edge) => edge.callers.flatMap((caller) => passing(edge, caller, unit, tree))),
};

function passing(edge: CallEdge, caller: DeclaredCaller, unit: Unit, tree: Tree): readonly Observation[] {
  const { workload: manifest } = caller;
  if (manifest === undefined) return [];
  const beside = tree.beside(unit);
  const why = whyBypassed(edge, manifest, beside) ?? whyNotImported(edge, caller, tree, beside);
  if (why === undefined) return [];
  return [
    { manifest, path: annotationsPath, summary: `its calls to ${edge.target} do not go through its proxy: ${why}` },
  ];
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
  return `Sidecar ${sidecar.namespace}/${sidecar.name} (${sidecar.file}) leaves ${edge.target} out of its egress`;
}

/** The one for the workload, else for its namespace, else for the mesh. */
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
