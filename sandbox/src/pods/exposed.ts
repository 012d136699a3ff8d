import { readFile } from "node:fs/promises";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { applyObjects } from "../full/apply-objects.ts";
import type { SandboxFolder } from "../folders.ts";
import { componentsOf } from "../processes/component.ts";
import type { Setting } from "../setting.ts";
import type { SandboxRegion, SandboxState } from "../state.ts";
import { servicePorts, storeNames, storeNamespace } from "../stores/store.ts";
import { tracingService } from "../upstream/tracing.ts";
import { gatewayOf } from "./addresses.ts";
import type { ServiceRoute } from "./service-table.ts";
import { metricsObjects, metricsService } from "./metrics-api.ts";

/** A program on this machine's loopback that a region's pods reach as a Service. */
export interface Exposed {
  readonly name: string;
  readonly namespace: string;
  /** The port of the Service, and of the bridge's address behind it. */
  readonly port: number;
  readonly protocol: "http" | "https" | "tcp";
  /** A port on 127.0.0.1. */
  readonly target: number;
  /** Clients use TLS; the program itself does not. */
  readonly tls?: true;
  /** The API server creates the Service by itself. */
  readonly builtIn?: true;
}

const awsPort = 4566;
/** The AWS endpoint, as pods reach it. */
export const awsAddress = `http://aws.sandbox.svc.cluster.local:${awsPort}`;

/** Returns everything that the pods of a region reach this way; add further programs here. */
export function exposedIn(
  { aws }: Pick<SandboxState, "aws">,
  { full, stores = {}, ports, pods, tracing }: SandboxRegion,
): readonly Exposed[] {
  return [
    { name: "aws", namespace: "sandbox", port: awsPort, protocol: "http", target: aws.port },
    {
      name: "kubernetes",
      namespace: "default",
      port: 443,
      protocol: "https",
      target: ports.apiserver,
      builtIn: true,
    },
    ...(pods === undefined
      ? []
      : [{ ...metricsService, port: pods.kubeletPort, protocol: "https", target: pods.kubeletPort } as const]),
    ...(full === undefined
      ? []
      : [
          // Where a sidecar's agent gets its certificate and configuration.
          { name: "istiod", namespace: "istio-system", port: 15012, protocol: "tcp", target: full.istiod.xds } as const,
          {
            name: "collector",
            namespace: "monitoring",
            port: 4318,
            protocol: "http",
            target: full.collector.otlpHttp,
          } as const,
        ]),
    ...(tracing === undefined ? [] : [{ ...tracingService, protocol: "http", target: tracing.otlpHttp } as const]),
    ...storeNames.flatMap((store): Exposed[] => {
      const target = stores[store];
      const own = { name: store, namespace: storeNamespace, port: servicePorts[store] };
      return target === undefined ? [] : [{ ...own, protocol: "tcp", target, tls: true }];
    }),
  ];
}

/** Returns the arguments with which `pod-shim serve` forwards connections on the bridge to the loopback. */
export function forwardFlags(
  exposed: readonly Exposed[],
  gateway: string,
  certificate: { readonly certFile: string; readonly keyFile: string },
): readonly string[] {
  const flags = exposed.map(
    ({ port, target, tls }) => `--forward${tls === true ? "-tls" : ""}=${gateway}:${port}=127.0.0.1:${target}`,
  );
  const { certFile, keyFile } = certificate;
  const isSecured = exposed.some(({ tls }) => tls === true);
  return isSecured ? [...flags, `--forward-cert=${certFile}`, `--forward-key=${keyFile}`] : flags;
}

/** Returns the host names that resolve to the bridge, for pods without a DNS server. */
export function exposedNames(exposed: readonly Exposed[]): readonly string[] {
  return exposed.flatMap(({ name, namespace }) =>
    ["", ".cluster.local"].map((end) => `${name}.${namespace}.svc${end}`),
  );
}

/**
 * Where EKS Pod Identity's agent listens on a node, with what AWS's SDKs ask it for; here the AWS endpoint answers
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
 */
export function podIdentityRoute(gateway: string): ServiceRoute {
  return { address: "169.254.170.23", port: 80, protocol: "TCP", endpoints: [`${gateway}:${awsPort}`] };
}

/** Headless, because the bridge's address is the same from everywhere. */
export function exposedObjects(exposed: readonly Exposed[], gateway: string): readonly KubeObject[] {
  const namespaces = [...new Set(exposed.map(({ namespace }) => namespace))];
  return [
    ...namespaces.map((name): KubeObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...exposed.flatMap(({ name, namespace, port, protocol, builtIn }): KubeObject[] => [
      ...(builtIn === true
        ? []
        : [
            {
              apiVersion: "v1",
              kind: "Service",
              metadata: { name, namespace },
              spec: { clusterIP: "None", ports: [{ name: protocol, port, appProtocol: protocol }] },
            },
          ]),
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
        addressType: "IPv4",
        endpoints: [{ addresses: [gateway], conditions: { ready: true } }],
        ports: [{ name: protocol, port, appProtocol: protocol }],
      },
    ]),
  ];
}

/**
 * Returns limits for calls to programs outside the cluster, visible in every namespace: in the mesh, every call has a
 * circuit breaker. With one endpoint, there is nothing to eject.
 */
export function exposedBreakers(exposed: readonly Exposed[]): readonly KubeObject[] {
  return exposed.map(({ name, namespace }) => ({
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name, namespace },
    spec: {
      host: `${name}.${namespace}.svc.cluster.local`,
      trafficPolicy: {
        connectionPool: {
          tcp: { maxConnections: 256 },
          http: { http1MaxPendingRequests: 256, http2MaxRequests: 256 },
        },
      },
    },
  }));
}

/**
 * Creates the Services, and the API for the pods' metrics, in every region with real pods. Its API server must be
 * ready.
 */
export async function applyExposed(state: SandboxState, folder: SandboxFolder, { signal }: Setting): Promise<void> {
  const components = componentsOf(state, folder);
  await Promise.all(
    state.regions.map(async (region) => {
      const server = components.find(({ id }) => id === `${region.awsRegion}/kube-apiserver`);
      if (region.pods === undefined || server === undefined) return;
      const exposed = exposedIn(state, region);
      const ca = await readFile(folder.region(region.awsRegion, "pki", "ca.crt"), "utf8");
      const objects = [
        ...exposedObjects(exposed, gatewayOf(region.pods.range)),
        ...(region.full === undefined ? [] : exposedBreakers(exposed)),
        ...metricsObjects(region.pods.kubeletPort, ca),
      ];
      await applyObjects(objects, server.probe, signal);
    }),
  );
}
