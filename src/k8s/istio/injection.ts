import type { ObjectMeta } from "../port.ts";

type Labels = Readonly<Record<string, string>>;

/** Istio never injects there: pkg/kube/inject/initializer.go. */
const ignored = new Set(["kube-system", "kube-public", "kube-node-lease", "local-path-storage"]);

/** The labels by which a pod itself asks for a sidecar, or already has one. */
export const podSelectors = ["security.istio.io/tlsMode=istio", "sidecar.istio.io/inject=true", "istio.io/rev"];

/** Whether the pods of a namespace are to get a sidecar unless they refuse it. */
export function injectsNamespace({ name, labels = {} }: ObjectMeta): boolean {
  if (ignored.has(name)) return false;
  const injection = labels["istio-injection"];
  return injection === undefined ? labels["istio.io/rev"] !== undefined : injection === "enabled";
}

/**
 * What asks for a sidecar; undefined where nothing does. As Istio's four webhooks select, with its default of not
 * injecting where nobody asks, and as its injector decides then (injectRequired in pkg/kube/inject/inject.go).
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function wantsSidecar(
  pod: { readonly metadata: ObjectMeta; readonly hostNetwork: boolean },
  namespace: ObjectMeta,
): string | undefined {
  // Its traffic would be the node's.
  if (pod.hostNetwork || ignored.has(namespace.name)) return undefined;
  const { labels = {}, annotations = {} } = pod.metadata;
  const own = labels["sidecar.istio.io/inject"] ?? annotations["sidecar.istio.io/inject"];
  if (own === "false") return undefined;
  if (injectsNamespace(namespace)) return `namespace ${namespace.name}`;
  return asksItself(labels, namespace.labels ?? {});
}

/** A namespace that has decided, for or against, is not overruled by a pod. */
function asksItself(labels: Labels, ofNamespace: Labels): string | undefined {
  if (ofNamespace["istio-injection"] !== undefined || ofNamespace["istio.io/rev"] !== undefined) return undefined;
  if (labels["istio.io/rev"] !== undefined) return "its label istio.io/rev";
  return labels["sidecar.istio.io/inject"] === "true" ? "its label sidecar.istio.io/inject" : undefined;
}
