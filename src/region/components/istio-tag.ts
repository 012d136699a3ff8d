import type { KubeObject } from "../../core/kubernetes/object.ts";
import { ownLabels } from "../world.ts";
import { isMeshWanted, istioNamespace } from "./istio-chart.ts";
import { istiodPrefix } from "./istiod.ts";
import type { ComponentWorld, PlatformComponent } from "./component.ts";
import { meshOf, revisionOf } from "./mesh-revisions.ts";
import { authorityOf } from "./webhook-authority.ts";

/** What Istio calls the webhooks of the revision that is the default. */
export const defaultTag = "istio-revision-tag-default";
export const revisionLabel = "istio.io/rev";

/**
 * Makes one istiod the default: it injects proxies where no revision is named. The chart of istiod could do it, too, but
 * then the tag would go from one Application to another, and Argo CD could remove it in between.
 */
export const istioTag: PlatformComponent = {
  id: "istio-tag",
  title: "Istio",
  version: (world) => meshOf(world).inUse,
  namespace: istioNamespace,
  // After istiod: without it, no pod of the mesh could be created. Before gateways: they have no image without it.
  wave: 3,
  workloads: [],
  isWanted: isMeshWanted,
  source: { manifests: (world) => [tagOf(world)] },
  ignores: [authorityOf("MutatingWebhookConfiguration", defaultTag)],
};

interface Expression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

const unless: Expression = { key: "sidecar.istio.io/inject", operator: "NotIn", values: ["false"] };
const named: Expression = { key: revisionLabel, operator: "In", values: ["default"] };
const without = (key: string): Expression => ({ key, operator: "DoesNotExist" });

/** In which namespaces, and which of their pods. Source: `revision-tags-mwc.yaml` of the chart istiod 1.31. */
const webhooks: readonly (readonly [name: string, namespaces: readonly Expression[], pods: readonly Expression[]])[] = [
  ["rev.namespace", [named, without("istio-injection")], [unless]],
  ["rev.object", [without(revisionLabel), without("istio-injection")], [unless, named]],
  ["namespace", [{ key: "istio-injection", operator: "In", values: ["enabled"] }], [unless]],
  [
    "object",
    [without("istio-injection"), without(revisionLabel)],
    [{ key: "sidecar.istio.io/inject", operator: "In", values: ["true"] }, without(revisionLabel)],
  ],
];

function tagOf(world: ComponentWorld): KubeObject {
  const revision = revisionOf(meshOf(world).inUse);
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: {
      name: defaultTag,
      // By these, the istiod of the revision finds it, and writes its authority into it.
      labels: { ...ownLabels(world), app: "sidecar-injector", "istio.io/tag": "default", [revisionLabel]: revision },
    },
    webhooks: webhooks.map(([name, namespaces, pods]) => ({
      name: `${name}.sidecar-injector.istio.io`,
      clientConfig: {
        service: { name: `${istiodPrefix}${revision}`, namespace: istioNamespace, path: "/inject", port: 443 },
      },
      sideEffects: "None",
      rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }],
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      admissionReviewVersions: ["v1"],
      namespaceSelector: { matchExpressions: namespaces },
      objectSelector: { matchExpressions: pods },
    })),
  };
}
