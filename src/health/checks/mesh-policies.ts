import type { Finding } from "../../core/finding.ts";
import { shellWord } from "../../core/shell-words.ts";
import type { MeshPod, SelectingPolicy } from "../../k8s/istio/port.ts";
import { meshCheck, whereIn } from "../mesh/mesh-check.ts";
import { withWell } from "../with-well.ts";

const id = "mesh/policies";
const title = "policies";

export const meshPolicies = meshCheck({
  id,
  title,
  explain:
    "A PeerAuthentication, AuthorizationPolicy or RequestAuthentication with a selector should select a pod in the mesh. One that selects none has no effect, and nothing else reports it. The selector may be misspelt, its pods may have no sidecar, or the policy may be left over; for a workload that is scaled to zero, it is no problem. In the root namespace (rootNamespace of MeshConfig, istio-system by default), an AuthorizationPolicy applies to all namespaces, and a PeerAuthentication with a selector to none. `gennet lint` finds the same problem before deployment (mesh/selector).",
  async run(context) {
    const { mesh, kube, kubectl } = context;
    const [pods, all, { settings }] = await Promise.all([mesh.pods(), mesh.selecting(), mesh.mtls()]);
    // Pods of one namespace do not show whether a policy for all namespaces selects something.
    const policies =
      kube.namespace === undefined
        ? all
        : all.filter(({ namespace, kind }) => kind === "PeerAuthentication" || namespace !== settings.rootNamespace);
    const idle = policies.filter((policy) => !selectsAny(policy, pods, settings.rootNamespace));
    const findings = idle.map((policy) => toFinding(policy, settings.rootNamespace, kubectl));
    const count = policies.length - idle.length;
    return withWell(findings, {
      id,
      count,
      one: "policy",
      many: title,
      summary: count === 1 ? "selects pods" : "select pods",
      none: `no policy${whereIn(context)} has a selector`,
    });
  },
});

function selectsAny({ kind, namespace, selector }: SelectingPolicy, pods: readonly MeshPod[], root: string): boolean {
  const isRoot = namespace === root;
  if (isRoot && kind === "PeerAuthentication") return false;
  return pods.some(({ proxy, membership, object: { metadata } }) => {
    if (proxy === undefined && membership.state !== "ambient") return false;
    const { labels = {} } = metadata;
    return (
      (isRoot || metadata.namespace === namespace) &&
      Object.entries(selector).every(([key, value]) => labels[key] === value)
    );
  });
}

function toFinding({ kind, namespace, name, selector }: SelectingPolicy, root: string, kubectl: string): Finding {
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  const isLost = namespace === root && kind === "PeerAuthentication";
  return {
    id,
    severity: "warn",
    subject: `${kind.toLowerCase()} ${namespace}/${name}`,
    summary: isLost
      ? "has a selector in the root namespace: it selects nothing"
      : `selects nothing: no pod in the mesh has ${labels.join(",")}`,
    fix: isLost
      ? `move it to the namespace of the workload that has ${labels.join(",")}`
      : `${kubectl} get pods ${namespace === root ? "-A" : `-n ${namespace}`} -l ${shellWord(labels.join(","))}`,
    evidence: { selector },
  };
}
