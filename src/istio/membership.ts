/** Labels or annotations: text in a cluster, any type in a file. */
export type Words = Readonly<Record<string, unknown>>;

/** The settings that Istio uses when a pod is created. */
export interface PodFacts {
  readonly labels: Words;
  readonly annotations: Words;
  readonly hostNetwork: boolean;
}

export interface NamespaceFacts {
  readonly name: string;
  /** Undefined if the namespace itself was not read. */
  readonly labels?: Words | undefined;
}

/**
 * sidecar: a sidecar is injected · ambient: the node's ztunnel handles its traffic · refused: no sidecar, because a
 * setting prevents it · unasked: no sidecar, because no setting requests one.
 */
export interface Membership {
  readonly state: "sidecar" | "ambient" | "refused" | "unasked";
  /** The deciding setting: `namespace shop`, `its label istio.io/rev`. */
  readonly by: string;
}

/** Istio never injects there: pkg/kube/inject/initializer.go. */
const ignored = new Set(["kube-system", "kube-public", "kube-node-lease", "local-path-storage"]);

/** Labels with which a pod requests to be in the mesh, or that show that it already is. */
export const podSelectors = [
  "security.istio.io/tlsMode=istio",
  "sidecar.istio.io/inject=true",
  "istio.io/rev",
  "gateway.istio.io/managed",
  "istio.io/dataplane-mode=ambient",
];
const dataplaneMode = "istio.io/dataplane-mode";
/** The namespace labels that decide. */
export const namespaceLabels = ["istio-injection", "istio.io/rev", dataplaneMode];

/** Returns whether the pods of a namespace get a sidecar by default. */
export function injectsNamespace({ name, labels = {} }: NamespaceFacts): boolean {
  if (ignored.has(name)) return false;
  const injection = labels["istio-injection"];
  return injection === undefined ? labels["istio.io/rev"] !== undefined : injection === "enabled";
}

/** Returns whether ztunnel handles the traffic of a namespace's pods by default. */
export function isAmbient({ labels = {} }: NamespaceFacts): boolean {
  return labels[dataplaneMode] === "ambient";
}

/**
 * Returns whether a pod is in the mesh. Follows the selectors of Istio's four injection webhooks, which by default do
 * not inject (manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml), then injectRequired in
 * pkg/kube/inject/inject.go, and for ambient mode the CNI agent's rule that sidecars have precedence.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function membershipOf(pod: PodFacts, namespace: NamespaceFacts): Membership {
  // With the host network, its traffic is that of the node.
  if (pod.hostNetwork) return { state: "refused", by: "its host network" };
  if (ignored.has(namespace.name)) return { state: "refused", by: `namespace ${namespace.name}` };
  const injection = injectionOf(pod, namespace);
  if (injection.state === "sidecar") return injection;
  return ambientOf(pod, namespace) ?? injection;
}

function injectionOf({ labels, annotations }: PodFacts, namespace: NamespaceFacts): Membership {
  const key = "sidecar.istio.io/inject";
  // If both exist, the label wins.
  const own = wordOf(labels[key] ?? annotations[key]);
  if (own === "false") {
    return { state: "refused", by: `its ${labels[key] === undefined ? "annotation" : "label"} ${key}: "false"` };
  }
  if (injectsNamespace(namespace)) return { state: "sidecar", by: `namespace ${namespace.name}` };
  const ofNamespace = namespace.labels ?? {};
  const injection = ofNamespace["istio-injection"];
  // A pod cannot override the decision of its namespace.
  if (injection === "disabled") return { state: "refused", by: `namespace ${namespace.name}` };
  if (injection === undefined && ofNamespace["istio.io/rev"] === undefined) {
    if (labels["istio.io/rev"] !== undefined) return { state: "sidecar", by: "its label istio.io/rev" };
    if (wordOf(labels[key]) === "true") return { state: "sidecar", by: `its label ${key}` };
  }
  return { state: "unasked", by: `namespace ${namespace.name}` };
}

function ambientOf({ labels, annotations }: PodFacts, namespace: NamespaceFacts): Membership | undefined {
  if (annotations["ambient.istio.io/redirection"] === "enabled") {
    return { state: "ambient", by: "its annotation ambient.istio.io/redirection" };
  }
  const own = labels[dataplaneMode];
  if (own !== undefined) return own === "ambient" ? { state: "ambient", by: `its label ${dataplaneMode}` } : undefined;
  return isAmbient(namespace) ? { state: "ambient", by: `namespace ${namespace.name}` } : undefined;
}

/** YAML may contain the boolean `true` instead of `"true"`. */
function wordOf(value: unknown): string | undefined {
  return typeof value === "boolean" || typeof value === "string" ? String(value) : undefined;
}
