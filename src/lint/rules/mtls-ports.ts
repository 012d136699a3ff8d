import { fields, text } from "../fields.ts";
import { isKind, type Manifest } from "../manifest.ts";
import { policySelector } from "../policy-pods.ts";
import { strayPortsOf } from "../port-levels.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";

export const mtlsPorts: Rule = {
  id: "mtls/ports",
  title: "portLevelMtls names ports of the container",
  explain:
    "Istio looks up portLevelMtls by the port of the container (a Service's targetPort), not by the port of the Service. An entry for the Service's port has no effect: a port meant to be STRICT accepts plain text, and one meant to be PERMISSIVE rejects it. Checked if the tree contains the Service. Istio also rejects portLevelMtls without a selector, and numbers that are not valid ports.",
  severity: "fail",
  fix: "use the container's port in portLevelMtls",
  examine: (unit, tree) =>
    unit.manifests
      .filter((each) => isKind(each, "security.istio.io", "PeerAuthentication"))
      .flatMap((policy): Observation[] => {
        const ports = fields(policy.value, "spec", "portLevelMtls");
        if (Object.keys(ports).length === 0) return [];
        if (Object.keys(policySelector(policy)).length === 0) return [withoutSelector(policy)];
        const outside = Object.keys(ports).filter((port) => /^-?\d+$/.test(port) && !isPort(Number(port)));
        if (outside.length > 0) return outside.map((port) => outOfRange(policy, port));
        return strayPortsOf(policy, unit, tree).map(({ port, service, target }) => {
          const mode = text(ports, String(port), "mode") ?? "its mode";
          return {
            manifest: policy,
            path: ["spec", "portLevelMtls", String(port)],
            summary: `port ${port} is the port of Service ${service}, not of its container, which has ${target}: ${mode} has no effect`,
            fix: `use port ${target} instead of ${port}: Istio expects the container's port`,
          };
        });
      }),
};

function isPort(port: number): boolean {
  return port > 0 && port <= 65_535;
}

function outOfRange(manifest: Manifest, port: string): Observation {
  return {
    manifest,
    path: ["spec", "portLevelMtls", port],
    summary: `${port} is not a valid port: Istio rejects the policy`,
  };
}

function withoutSelector(manifest: Manifest): Observation {
  return {
    manifest,
    path: ["spec", "portLevelMtls"],
    summary: "portLevelMtls without a selector: Istio rejects it, and would ignore it",
    fix: "add a selector (spec.selector.matchLabels), or remove portLevelMtls",
  };
}
