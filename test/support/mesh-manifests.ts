/** A simulated node for real pods. */
export function node(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, annotations: { "kwok.x-k8s.io/node": "fake" } },
    status: { capacity: { cpu: "64", memory: "256Gi", pods: "250" } },
  };
}

/** A namespace whose pods get a sidecar. */
export function injected(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { "istio-injection": "enabled" } } };
}

/** Returns a Service in the namespace shop for the pods of an app; the port's name tells Istio the protocol. */
export function service(app: string, port = { name: "http", port: 80 }): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: app, namespace: "shop" },
    spec: { selector: { app }, ports: [{ ...port, targetPort: 8000 }] },
  };
}

const twoConnections = { tcp: { maxConnections: 2 }, http: { http1MaxPendingRequests: 1 } };

/**
 * Returns the callers' breaker: by default, two connections and one waiting call; three failures in a row eject a pod
 * for half a minute.
 */
export function destinationRule(
  app: string,
  connectionPool: object = twoConnections,
  failures: object = { consecutive5xxErrors: 3 },
): object {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: app, namespace: "shop" },
    spec: {
      host: `${app}.shop.svc.cluster.local`,
      trafficPolicy: {
        connectionPool,
        outlierDetection: {
          ...failures,
          interval: "1s",
          baseEjectionTime: "30s",
          maxEjectionPercent: 100,
        },
      },
    },
  };
}

export const strict: object = {
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name: "default", namespace: "istio-system" },
  spec: { mtls: { mode: "STRICT" } },
};

/** Returns a Deployment in the namespace shop whose pods run an image. */
export function meshed(app: string, replicas: number, image = "echo:1"): object {
  const readinessProbe = { httpGet: { path: "/ready", port: 8000 }, periodSeconds: 2 };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: app, namespace: "shop" },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: { containers: [{ name: "app", image, ports: [{ containerPort: 8000 }], readinessProbe }] },
      },
    },
  };
}

const meshParts = [
  { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list"] },
  {
    apiGroups: ["security.istio.io"],
    resources: ["peerauthentications", "authorizationpolicies", "requestauthentications"],
    verbs: ["get", "list"],
  },
];

/** What a read-only role allows, including to get pods/portforward, but not to create it. */
export const everything = [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] }];

/** Returns a ServiceAccount in the namespace default that may read the mesh's objects, but not forward ports. */
export function reader(name: string, rules: readonly object[] = meshParts): object[] {
  const rbac = "rbac.authorization.k8s.io";
  const metadata = { name };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "default" } },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata,
      rules,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: "default" }],
    },
  ];
}
