import { isKind, type Manifest } from "../manifest.ts";
import { rootNamespaceOf } from "../mesh-settings.ts";
import { hasLabels, policySelector, selectablesIn, type Selectable, wildcardsOf } from "../policy-pods.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { podKinds } from "../workloads.ts";

const path = ["spec", "selector", "matchLabels"] as const;
/** The label that a controller sets on the pods of a Gateway; no workload in a tree has it. */
const gatewayName = "gateway.networking.k8s.io/gateway-name";

export const meshSelector: Rule = {
  id: "mesh/selector",
  title: "policies select a workload",
  explain:
    "A PeerAuthentication, AuthorizationPolicy or RequestAuthentication whose selector matches no pod has no effect, and Istio does not report it. Checked if the tree contains workloads in the policy's namespace (for the root namespace, in any). It is a warning, because pods may be created by something outside the tree, such as an operator. Two cases fail: a PeerAuthentication with a selector in the root namespace (rootNamespace of the tree's MeshConfig, istio-system by default), which never selects anything, and a wildcard, which Istio rejects.",
  severity: "fail",
  fix: "use the labels of the pod template in the selector",
  examine: (unit, tree) =>
    unit.manifests
      .filter((each) =>
        isKind(each, "security.istio.io", "PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"),
      )
      .flatMap((policy): Observation[] => {
        const wanted = policySelector(policy);
        if (Object.keys(wanted).length === 0 || gatewayName in wanted) return [];
        const wildcards = wildcardsOf(policy);
        if (wildcards.length > 0) return wildcards.map((key) => wildcard(policy, key));
        const isRoot = policy.namespace === rootNamespaceOf(tree);
        if (isRoot && policy.kind === "PeerAuthentication") return [inRoot(policy)];
        const there = selectablesIn(isRoot ? undefined : policy.namespace, unit, tree);
        if (there.length === 0 || there.some(({ labels }) => hasLabels(labels, wanted))) return [];
        return [selectsNothing(policy, there)];
      }),
};

/** https://github.com/istio/istio/blob/1.30.3/pkg/config/validation/validation.go, validateWorkloadSelector */
function wildcard(manifest: Manifest, key: string): Observation {
  return {
    manifest,
    path: [...path, key],
    summary: `its selector has a wildcard for ${key}: Istio rejects it, because it compares labels literally`,
    fix: "give the pods a common label, and select them by it",
  };
}

function inRoot(manifest: Manifest): Observation {
  return {
    manifest,
    path,
    summary: `a PeerAuthentication with a selector in the root namespace (${manifest.namespace}) selects nothing`,
    fix: "move it to the namespace of the workload",
  };
}

function selectsNothing(manifest: Manifest, there: readonly Selectable[]): Observation {
  const wanted = policySelector(manifest);
  const said = Object.entries(wanted).map(([key, value]) => `${key}: ${String(value)}`);
  const other = Object.keys(wanted).flatMap((key) => {
    const values = [...new Set(there.flatMap(({ labels }) => labels[key] ?? []))].map(String);
    return values.length === 0 ? [] : [`${key} is ${values.toSorted().slice(0, 3).join(", ")} there`];
  });
  const instead = other.length === 0 ? "" : ` (${other.join("; ")})`;
  return {
    manifest,
    path,
    severity: "warn",
    summary: `no workload has ${said.join(", ")}${instead}: it has no effect`,
    lacks: podKinds,
  };
}
