/** Labels or annotations: text in a cluster, anything in a file. */
export type Words = Readonly<Record<string, unknown>>;

/** What Istio decides by when a pod is created. */
export interface PodFacts {
  readonly labels: Words;
  readonly annotations: Words;
  readonly hostNetwork: boolean;
}

export interface NamespaceFacts {
  readonly name: string;
  /** Undefined where the namespace itself was not read. */
  readonly labels?: Words | undefined;
}

/**
 * sidecar: a sidecar is injected · ambient: the node's ztunnel takes its traffic · refused: no sidecar, because
 * something says so · unasked: no sidecar, because nothing asks for one.
 */
export interface Membership {
  readonly state: "sidecar" | "ambient" | "refused" | "unasked";
  /** What decides: `namespace shop`, `its label istio.io/rev`. */
  readonly by: string;
}

/** Istio never injects there: pkg/kube/inject/initializer.go. */
const ignored = new Set(["kube-system", "kube-public", "kube-node-lease", "local-path-storage"]);

/** Labels by which a pod asks to be in the mesh itself, or already is. */
export const podSelectors = [
  "security.istio.io/tlsMode=istio",
  "sidecar.istio.io/inject=true",
  "istio.io/rev",
  "gateway.istio.io/managed",
  "istio.io/dataplane-mode=ambient",
];
const dataplaneMode = "istio.io/dataplane-mode";
/** The labels by which a namespace decides. */
export const namespaceLabels = ["istio-injection", "istio.io/rev", dataplaneMode];

/** Whether the pods of a namespace are to get a sidecar unless they refuse it. */
export function injectsNamespace({ name, labels = {} }: NamespaceFacts): boolean {
  if (ignored.has(name)) return false;
  const injection = labels["istio-injection"];
  return injection === undefined ? labels["istio.io/rev"] !== undefined : injection === "enabled";
}

/** Whether ztunnel takes the traffic of a namespace's pods unless they refuse it or have a sidecar. */
export function isAmbient({ labels = {} }: NamespaceFacts): boolean {
  return labels[dataplaneMode] === "ambient";
}

/**
 * Whether a pod is in the mesh. Follows the selectors of Istio's four injection webhooks with their default of not
 * injecting where nothing asks (manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml), then
 * injectRequired in pkg/kube/inject/inject.go, and for ambient the CNI agent's rule that a sidecar comes first.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function membershipOf(pod: PodFacts, namespace: NamespaceFacts): Membership {
  // Its traffic would be the node's.
  if (pod.hostNetwork) return { state: "refused", by: "its host network" };
  if (ignored.has(namespace.name)) return { state: "refused", by: `namespace ${namespace.name}` };
  const injection = injectionOf(pod, namespace);
  if (injection.state === "sidecar") return injection;
  return ambientOf(pod, namespace) ?? injection;
}

function injectionOf({ labels, annotations }: PodFacts, namespace: NamespaceFacts): Membership {
  const key = "sidecar.istio.io/inject";
  // Where both are there, the label counts.
  const own = wordOf(labels[key] ?? annotations[key]);
  if (own === "false") {
    return { state: "refused", by: `its ${labels[key] === undefined ? "annotation" : "label"} ${key}: "false"` };
  }
  if (injectsNamespace(namespace)) return { state: "sidecar", by: `namespace ${namespace.name}` };
  const ofNamespace = namespace.labels ?? {};
  const injection = ofNamespace["istio-injection"];
  // A namespace that has decided is not overruled by a pod.
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

/** YAML may have `"true"` as a boolean. */
function wordOf(value: unknown): string | undefined {
  return typeof value === "boolean" || typeof value === "string" ? String(value) : undefined;
}
