import type { Check } from "../../core/check.ts";
import type { HealthContext } from "../health-context.ts";
import { componentCheck } from "./component-check.ts";

const platformArgocd = componentCheck({
  name: "argocd",
  title: "Argo CD",
  without: "Without it, no change in Git reaches the cluster, and no other component is installed or repaired.",
  detect: {
    isPresent: ({ gitops }) => gitops.installed(),
    missing: "the API server does not serve Applications",
  },
});

export const platformIstio = componentCheck({
  name: "istio",
  title: "Istio",
  without:
    "Without istiod, proxies keep their configuration, but get no changes and no certificates, and new pods get no sidecar; without the gateway, no request from outside reaches a service.",
  detect: {
    isPresent: ({ mesh }) => mesh.present(),
    missing: "no istiod runs, and no pod has a proxy",
    isAsked: ({ mesh }) => mesh.expected,
  },
});

const platformExternalSecrets = componentCheck({
  name: "external-secrets",
  title: "External Secrets",
  without: "Without it, Kubernetes Secrets keep their values, and a new or rotated secret does not arrive.",
  detect: {
    isPresent: ({ secrets }) => secrets.installed(),
    missing: "the API server does not serve ExternalSecrets",
  },
});

/** The checks of what must run in a cluster beside the services, each before the checks that depend on it. */
export const platformChecks: readonly Check<HealthContext>[] = [
  platformArgocd,
  componentCheck({
    name: "namespaces",
    title: "the platform's namespaces",
    without: "Without them, no service and no other component has a place, and none has a quota.",
  }),
  platformIstio,
  platformExternalSecrets,
  componentCheck({
    name: "collector",
    title: "the OpenTelemetry Collector",
    without: "Without it, the spans of services and of the mesh are lost.",
  }),
  componentCheck({
    name: "prometheus",
    title: "Prometheus",
    without: "Without it, nothing records the metrics of services and of the mesh.",
  }),
  componentCheck({
    name: "neo4j",
    title: "Neo4j",
    without: "Without it, services have no graph database; its volume keeps the data.",
  }),
  componentCheck({
    name: "load-balancer-controller",
    title: "the AWS Load Balancer Controller",
    without: "Without it, Services and Ingresses get no load balancer.",
  }),
  componentCheck({
    name: "cluster-autoscaler",
    title: "the Cluster Autoscaler",
    without: "Without it, no node is added for pods that find no place.",
  }),
];
