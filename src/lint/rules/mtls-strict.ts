import { appliedWith } from "../alternatives.ts";
import { apiServerPorts } from "../api-server-calls.ts";
import { field, fields, type Path, text } from "../fields.ts";
import { isKind, isSameObject, type Manifest } from "../manifest.ts";
import { rootNamespaceOf } from "../mesh-settings.ts";
import { policySelector, wildcardsOf } from "../policy-pods.ts";
import { undetermined, unreadValue } from "../placeholders.ts";
import { pickedBy, strayPortsOf } from "../port-levels.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Tree } from "../tree.ts";
import type { Unit } from "../unit.ts";

export const mtlsStrict: Rule = {
  id: "mtls/strict",
  title: "PeerAuthentication is STRICT",
  explain:
    "The mesh uses mutual TLS only (ADR-004). PERMISSIVE and DISABLE let anything that can reach the pod connect in plain text, for the whole mesh (in the root namespace, which is istio-system unless a MeshConfig of the tree sets another, without a selector), a namespace, a workload or a port. For the whole mesh, a missing mode is PERMISSIVE, too, which is Istio's default. For a namespace, workload or port, a missing mode inherits from the level above, and is not a finding. A port that the API server calls, for an admission webhook or an aggregated API of the tree, is a warning: the API server has no sidecar, so it can only call the port without the mesh's mTLS. Two policies for the same namespace with different modes fail, because Istio uses the older one. Ports that do not belong to the container are covered by mtls/ports.",
  severity: "fail",
  fix: "set mode: STRICT; first add callers without a sidecar to the mesh",
  examine: (unit, tree) =>
    unit.manifests
      .filter(isPolicy)
      // Istio rejects it, and mesh/selector reports that.
      .filter((policy) => wildcardsOf(policy).length === 0)
      .flatMap((policy) => [...openings(policy, unit, tree), ...competing(policy, unit)]),
};

function isPolicy(manifest: Manifest): boolean {
  return isKind(manifest, "security.istio.io", "PeerAuthentication");
}

/**
 * Returns a finding for the second of two policies for the same namespace; Istio uses the older one. Two with the same
 * mode do no harm. https://github.com/istio/istio/blob/1.30.3/pilot/pkg/model/authentication.go, addPeerAuthentication
 */
function competing(manifest: Manifest, unit: Unit): Observation[] {
  const isForAll = (each: Manifest): boolean => Object.keys(policySelector(each)).length === 0;
  const modeOf = ({ value }: Manifest): string => text(value, "spec", "mtls", "mode") ?? "UNSET";
  if (!isForAll(manifest)) return [];
  const policies = appliedWith(manifest, unit).filter((each) => isPolicy(each) && isForAll(each));
  const before = policies
    .slice(0, policies.indexOf(manifest))
    .find((each) => each.namespace === manifest.namespace && !isSameObject(each, manifest));
  if (before === undefined || modeOf(before) === modeOf(manifest)) return [];
  const summary = `applies to its whole namespace, like ${before.name} (${modeOf(before)}): Istio uses the older one and ignores the other`;
  return [{ manifest, path: ["spec", "mtls"], summary, fix: "keep one PeerAuthentication without a selector" }];
}

function openings(manifest: Manifest, unit: Unit, tree: Tree): Observation[] {
  const isForAll = Object.keys(policySelector(manifest)).length === 0;
  const isRoot = manifest.namespace === rootNamespaceOf(tree);
  // Such a policy selects nothing, and mesh/selector reports that.
  if (isRoot && !isForAll) return [];
  const where = isForAll ? (isRoot ? "the whole mesh" : "its namespace") : "its workload";
  const mode = text(manifest.value, "spec", "mtls", "mode") ?? "UNSET";
  const called = isForAll ? new Map<number, string>() : calledPorts(manifest, unit, tree);
  const ports = isForAll ? [] : portOpenings(manifest, called, unit, tree);
  const unread = unreadMode(manifest, ["spec", "mtls", "mode"]);
  if (unread.length > 0) return [...unread, ...ports];
  if (!isLoose(mode) && !(mode === "UNSET" && where === "the whole mesh")) return ports;
  const said = mode === "UNSET" ? "PERMISSIVE, the default," : mode;
  const [[port, by] = []] = called;
  const only = `set mode: STRICT, and PERMISSIVE only for port ${port} (portLevelMtls), which the API server calls for ${by}`;
  const whole = { manifest, path: ["spec", "mtls", "mode"], summary: `mTLS is ${said} for ${where}` };
  return [port === undefined ? whole : { ...whole, fix: only }, ...ports];
}

function portOpenings(manifest: Manifest, called: ReadonlyMap<number, string>, unit: Unit, tree: Tree): Observation[] {
  const stray = new Set(strayPortsOf(manifest, unit, tree).map(({ port }) => String(port)));
  return Object.entries(fields(manifest.value, "spec", "portLevelMtls")).flatMap(([port, settings]): Observation[] => {
    const mode = text(settings, "mode") ?? "UNSET";
    const path = ["spec", "portLevelMtls", port, "mode"];
    const unread = unreadMode(manifest, path);
    if (unread.length > 0) return [...unread];
    if (!isLoose(mode) || stray.has(port)) return [];
    const summary = `mTLS is ${mode} for port ${port} of its workload`;
    const by = called.get(Number(port));
    if (by === undefined) return [{ manifest, path, summary }];
    return [
      {
        manifest,
        path,
        summary: `${summary}, which the API server calls (${by}): it has no sidecar`,
        fix: "limit the exception to this port, and only admit the API server with a NetworkPolicy",
        severity: "warn",
      },
    ];
  });
}

function calledPorts(manifest: Manifest, unit: Unit, tree: Tree): ReadonlyMap<number, string> {
  const picked = pickedBy(manifest, unit, tree);
  return new Map(picked.flatMap((each) => [...apiServerPorts(each, manifest.namespace, unit, tree)]));
}

/** An invalid value in place of a mode. */
function unreadMode(manifest: Manifest, path: Path): readonly Observation[] {
  const mode = field(manifest.value, ...path);
  const isMode = typeof mode === "string" && ["UNSET", "DISABLE", "PERMISSIVE", "STRICT"].includes(mode);
  return isMode || mode === undefined ? undetermined(manifest, path) : unreadValue(manifest, path, "mode");
}

function isLoose(mode: string): boolean {
  return mode === "PERMISSIVE" || mode === "DISABLE";
}
