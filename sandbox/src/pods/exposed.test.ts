import { expect, it } from "vitest";
import { takeFullPorts } from "../full/ports.ts";
import { type Exposed, exposedBreakers, exposedIn, exposedNames, exposedObjects, forwardFlags, podIdentityRoute } from "./exposed.ts";

const ports = { etcd: 1, etcdPeer: 2, apiserver: 3, controllerManager: 4, scheduler: 5, kwok: 6 };
const aws = {
  port: 20_000,
  authenticatorPort: 8,
  clockScale: 60,
  accountId: "1",
  accessKeyId: "AKIAX",
  secretAccessKey: "hush",
};
const exposed: readonly Exposed[] = [
  { name: "postgres", namespace: "data", port: 5432, protocol: "tcp", target: 21_000, tls: true },
  { name: "redis", namespace: "data", port: 6379, protocol: "tcp", target: 21_001 },
];

it("Pods reach the AWS endpoint and the API server, and in profile full also istiod, and the Collector at its usual address", () => {
  const names = (full: boolean): readonly string[] =>
    exposedNames(
      exposedIn({ aws }, { awsRegion: "eu-west-1", ports, ...(full ? { full: takeFullPorts(() => 1) } : {}) }),
    );
  const always = [
    "aws.sandbox.svc",
    "aws.sandbox.svc.cluster.local",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  expect(names(false)).toEqual(always);
  expect(names(true)).toEqual([
    ...always,
    "istiod.istio-system.svc",
    "istiod.istio-system.svc.cluster.local",
    "collector.monitoring.svc",
    "collector.monitoring.svc.cluster.local",
  ]);
});

it("Pods reach the stores of their region with TLS", () => {
  const all = exposedIn({ aws }, { awsRegion: "eu-west-1", ports, stores: { postgres: 21_000 } });
  expect(all).toContainEqual(exposed[0]);
});

it("Connections to the bridge are forwarded to the loopback", () => {
  const certificate = { certFile: "/pki/stores.crt", keyFile: "/pki/stores.key" };
  expect(forwardFlags(exposed, "100.64.0.1", certificate)).toEqual([
    "--forward-tls=100.64.0.1:5432=127.0.0.1:21000",
    "--forward=100.64.0.1:6379=127.0.0.1:21001",
    "--forward-cert=/pki/stores.crt",
    "--forward-key=/pki/stores.key",
  ]);
  expect(forwardFlags(exposed.slice(1), "100.64.0.1", certificate)).toHaveLength(1);
});

it("Each exposed program has a Service without a selector and a slice with the bridge's address, after their namespaces", () => {
  const objects = exposedObjects(exposed, "100.64.0.1");
  expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    "Namespace/data",
    "Service/postgres",
    "EndpointSlice/postgres",
    "Service/redis",
    "EndpointSlice/redis",
  ]);
  const [, service, slice] = objects;
  expect(service?.["spec"]).toEqual({
    clusterIP: "None",
    ports: [{ name: "tcp", port: 5432, appProtocol: "tcp" }],
  });
  expect(slice?.metadata.labels).toEqual({ "kubernetes.io/service-name": "postgres" });
  expect(slice?.["endpoints"]).toEqual([{ addresses: ["100.64.0.1"], conditions: { ready: true } }]);
});

it("The API server creates its own Service, and gets the slice with the bridge's address, as the pods' kubelet gets both", () => {
  const pods = { port: 30_000, kubeletPort: 30_001, range: "100.64.0.0" };
  const own = exposedIn({ aws }, { awsRegion: "eu-west-1", ports, pods }).filter(({ name }) => name !== "aws");
  expect(exposedObjects(own, "100.64.0.1").map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
    "Namespace/default",
    "Namespace/sandbox",
    "EndpointSlice/kubernetes",
    "Service/pod-metrics",
    "EndpointSlice/pod-metrics",
  ]);
  expect(own.map(({ target }) => target)).toEqual([ports.apiserver, pods.kubeletPort]);
});

it("The agent of Pod Identity is where AWS's SDKs look for it", () => {
  expect(podIdentityRoute("100.64.0.1")).toEqual({
    address: "169.254.170.23",
    port: 80,
    protocol: "TCP",
    endpoints: ["100.64.0.1:4566"],
  });
});

it("Calls to each exposed program have limits in the mesh", () => {
  expect(exposedBreakers(exposed).map(({ metadata, spec }) => [metadata.namespace, spec])).toEqual(
    ["postgres", "redis"].map((name) => [
      "data",
      expect.objectContaining({
        host: `${name}.data.svc.cluster.local`,
        trafficPolicy: { connectionPool: expect.objectContaining({ tcp: { maxConnections: 256 } }) as object },
      }),
    ]),
  );
});
