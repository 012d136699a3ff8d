import {
  type ChartValues,
  type ComponentWorld,
  type IgnoredDifference,
  isBrought,
  type PlatformComponent,
} from "./component.ts";
import { collectorHost, otlpHttpPort } from "./collector.ts";
import { mergeValues } from "./merge-values.ts";
import { versions } from "./versions.ts";

/** https://istio.io/latest/docs/setup/install/helm/ */
const repository = "https://istio-release.storage.googleapis.com/charts";
const namespace = "istio-system";
/** The provider of spans in the mesh's configuration, which the mesh's Telemetry names. */
export const tracingProvider = "collector";

const isWanted = ({ platform }: ComponentWorld): boolean => isBrought(platform.platform, "istio");

/** istiod writes its authority into the webhooks. */
function authorityOf(kind: string, name: string): IgnoredDifference {
  return {
    group: "admissionregistration.k8s.io",
    kind,
    name,
    jqPathExpressions: [".webhooks[]?.clientConfig.caBundle"],
  };
}

/**
 * With the chart's default, istiod changes `Ignore` to `Fail` when it is ready, and Argo CD changes it back:
 * https://github.com/istio/istio/issues/52785. Until istiod is ready, no object of Istio can be created then; the waves
 * create none.
 */
const validation: ChartValues = { base: { validationFailurePolicy: "Fail" } };

export const istioBase: PlatformComponent = {
  id: "istio-base",
  namespace,
  wave: 1,
  workloads: [],
  isWanted,
  source: {
    chart: {
      name: "base",
      version: versions.istio,
      repository,
      release: "istio-base",
      values: () => ({ defaultRevision: "default", ...validation }),
    },
  },
  ignores: [authorityOf("ValidatingWebhookConfiguration", "istiod-default-validator")],
};

/** Redirects traffic to sidecars: the restricted standard for pods does not allow Istio's init container. */
export const istioCni: PlatformComponent = {
  id: "istio-cni",
  namespace,
  wave: 2,
  workloads: [{ kind: "DaemonSet", namespace, name: "istio-cni-node" }],
  isWanted,
  source: {
    chart: {
      name: "cni",
      version: versions.istio,
      repository,
      release: "istio-cni",
      values: () => ({}),
    },
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

export const istiod: PlatformComponent = {
  id: "istiod",
  namespace,
  wave: 2,
  workloads: [{ kind: "Deployment", namespace, name: "istiod" }],
  isWanted,
  source: {
    chart: { name: "istiod", version: versions.istio, repository, release: "istiod", values: istiodValues },
  },
  ignores: [
    authorityOf("ValidatingWebhookConfiguration", "istio-validator-istio-system"),
    authorityOf("MutatingWebhookConfiguration", "istio-sidecar-injector"),
    {
      group: "apps",
      kind: "Deployment",
      name: "istiod",
      jqPathExpressions: [".spec.template.spec.containers[]?.env[]?.valueFrom.resourceFieldRef.divisor"],
    },
  ],
};

function istiodValues({ platform }: ComponentWorld): ChartValues {
  const { gateway: _, ...own } = ownValues(platform);
  const values: ChartValues = {
    ...validation,
    // With one replica, its disruption budget would stop every drain of its node.
    autoscaleMin: 2,
    cni: { enabled: true },
    resources: { requests: { cpu: "100m", memory: "512Mi" } },
    // Namespaces with the restricted standard reject containers without a seccomp profile.
    global: { proxy: { seccompProfile: { type: "RuntimeDefault" } } },
    meshConfig: {
      defaultConfig: {
        // Istio omits these by default; without them, it is unknown whether a breaker is open.
        proxyStatsMatcher: {
          inclusionRegexps: [".*outlier_detection.*", ".*circuit_breakers.*", ".*upstream_(rq|cx_overflow).*"],
        },
      },
      extensionProviders: [
        {
          name: tracingProvider,
          // By HTTP, because network policies of services allow this port.
          opentelemetry: { service: collectorHost, port: otlpHttpPort, http: { path: "/v1/traces", timeout: "5s" } },
        },
      ],
    },
  };
  return mergeValues(values, own);
}

const gateway = "istio-ingress";
export const gatewayHost = `${gateway}.${gateway}.svc.cluster.local`;

export const istioIngress: PlatformComponent = {
  id: "istio-ingress",
  namespace: "istio-ingress",
  wave: 3,
  workloads: [{ kind: "Deployment", namespace: "istio-ingress", name: "istio-ingress" }],
  isWanted,
  source: {
    chart: { name: "gateway", version: versions.istio, repository, release: "istio-ingress", values: gatewayValues },
  },
};

function gatewayValues({ platform, region }: ComponentWorld): ChartValues {
  const values: ChartValues = {
    autoscaling: { minReplicas: 2 },
    podDisruptionBudget: { minAvailable: 1 },
    service: {
      // https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html, and
      // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
      loadBalancerClass: region.nodes.mode === "auto" ? "eks.amazonaws.com/nlb" : "service.k8s.aws/nlb",
      annotations: {
        "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
      },
    },
  };
  return mergeValues(values, (ownValues(platform)["gateway"] ?? {}) as ChartValues);
}

/** Returns `platform.istio.values` of gennet.yaml: istiod's, and under `gateway` those of the gateway. */
function ownValues({ platform }: ComponentWorld["platform"]): ChartValues {
  return platform === undefined || platform.istio === "external" ? {} : platform.istio.values;
}
