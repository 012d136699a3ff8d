import { field, fields, isFields, text } from "../fields.ts";
import { meshNamespace } from "../hosts.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";

export const mtlsStrict: Rule = {
  id: "mtls/strict",
  title: "PeerAuthentication is STRICT",
  explain:
    "The mesh talks mutual TLS only (ADR-004). PERMISSIVE and DISABLE let anybody who reaches the pod talk to it in plain text, for the whole mesh (in istio-system, without a selector), a namespace, a workload or a port. For the whole mesh also a missing mode is PERMISSIVE, which is Istio's default. Below the mesh a missing mode takes over what holds above, and is no finding.",
  severity: "fail",
  fix: "set mode: STRICT; move callers that have no sidecar into the mesh first",
  examine: (unit) =>
    unit.manifests.filter((each) => isKind(each, "security.istio.io", "PeerAuthentication")).flatMap(openings),
};

function openings(manifest: Manifest): Observation[] {
  const selector = field(manifest.value, "spec", "selector", "matchLabels");
  const isForAll = !isFields(selector) || Object.keys(selector).length === 0;
  const where = isForAll ? (manifest.namespace === meshNamespace ? "the whole mesh" : "its namespace") : "its workload";
  const mode = text(manifest.value, "spec", "mtls", "mode") ?? "UNSET";
  const isOpen = isLoose(mode) || (mode === "UNSET" && where === "the whole mesh");
  const ports = Object.entries(fields(manifest.value, "spec", "portLevelMtls")).flatMap(([port, settings]) => {
    const portMode = text(settings, "mode") ?? "UNSET";
    const path = ["spec", "portLevelMtls", port, "mode"];
    return isLoose(portMode) ? [{ manifest, path, summary: `mTLS is ${portMode} for port ${port} of ${where}` }] : [];
  });
  const said = mode === "UNSET" ? "PERMISSIVE, the default," : mode;
  return isOpen
    ? [{ manifest, path: ["spec", "mtls", "mode"], summary: `mTLS is ${said} for ${where}` }, ...ports]
    : ports;
}

function isLoose(mode: string): boolean {
  return mode === "PERMISSIVE" || mode === "DISABLE";
}
