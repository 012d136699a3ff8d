import { isMeshWanted, istioNamespace, istioRepository, ownValues, validation } from "./istio-chart.ts";
import type { ChartValues, ComponentWorld, PlatformComponent } from "./component.ts";
import { mergeValues } from "./merge-values.ts";
import { meshOf, revisionOf } from "./mesh-revisions.ts";
import { versionsOf } from "./versions.ts";
import { authorityOf } from "./webhook-authority.ts";

/** Goes first: definitions of a newer Istio fit older istiods. https://istio.io/latest/docs/setup/upgrade/helm/ */
export const istioBase: PlatformComponent = {
  id: "istio-base",
  title: "Istio's definitions",
  version: (world) => versionsOf(world).istio,
  namespace: istioNamespace,
  wave: 1,
  workloads: [],
  isWanted: isMeshWanted,
  source: {
    chart: {
      name: "base",
      repository: istioRepository,
      release: "istio-base",
      // Whose istiod validates objects of Istio.
      values: (world) => ({ defaultRevision: revisionOf(meshOf(world).inUse), ...validation }),
    },
  },
  ignores: [authorityOf("ValidatingWebhookConfiguration", "istiod-default-validator")],
};

/** Redirects traffic to sidecars: the restricted standard for pods does not allow Istio's init container. */
export const istioCni: PlatformComponent = {
  id: "istio-cni",
  title: "Istio's CNI plugin",
  version: (world) => versionsOf(world).istio,
  namespace: istioNamespace,
  wave: 2,
  workloads: [{ kind: "DaemonSet", namespace: istioNamespace, name: "istio-cni-node" }],
  isWanted: isMeshWanted,
  source: {
    chart: { name: "cni", repository: istioRepository, release: "istio-cni", values: () => ({}) },
  },
  // The API server writes 0 for the 1 of the chart: https://github.com/istio/istio/issues/53001
  ignores: [
    {
      group: "apps",
      kind: "DaemonSet",
      name: "istio-cni-node",
      jqPathExpressions: [
        ".spec.template.spec.containers[]?.env[]?.valueFrom.resourceFieldRef.divisor",
        ".spec.template.spec.initContainers[]?.env[]?.valueFrom.resourceFieldRef.divisor",
      ],
    },
  ],
};

export const gatewayNamespace = "istio-ingress";
const gateway = "istio-ingress";
export const gatewayHost = `${gateway}.${gatewayNamespace}.svc.cluster.local`;

export const istioIngress: PlatformComponent = {
  id: "istio-ingress",
  title: "Istio's ingress gateway",
  // Its pods get their proxy from the istiod that is in use.
  version: (world) => meshOf(world).inUse,
  namespace: gatewayNamespace,
  wave: 4,
  workloads: [{ kind: "Deployment", namespace: gatewayNamespace, name: gateway }],
  isWanted: isMeshWanted,
  source: {
    chart: { name: "gateway", repository: istioRepository, release: gateway, values: gatewayValues },
  },
};

function gatewayValues(world: ComponentWorld): ChartValues {
  const values: ChartValues = {
    autoscaling: { minReplicas: 2 },
    podDisruptionBudget: { minAvailable: 1 },
    service: {
      // https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html, and
      // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
      loadBalancerClass: world.region.nodes.mode === "auto" ? "eks.amazonaws.com/nlb" : "service.k8s.aws/nlb",
      annotations: {
        "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
      },
    },
  };
  return mergeValues(values, (ownValues(world)["gateway"] ?? {}) as ChartValues);
}
