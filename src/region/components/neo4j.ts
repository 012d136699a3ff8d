import type { KubeObject } from "../../core/kubernetes/object.ts";
import { restrictedContainer, restrictedPod } from "../../core/kubernetes/pod-security.ts";
import {
  neo4jHost,
  neo4jName as name,
  neo4jPort,
  neo4jSecretName,
  wantsNeo4j,
} from "../resources/stores/neo4j-facts.ts";
import { className } from "../resources/storage-class-settings.ts";
import { ownLabels } from "../world.ts";
import type { ComponentWorld, PlatformComponent } from "./component.ts";
import { keptByArgoCd } from "./namespaces.ts";
import { versionsOf } from "./versions.ts";

const namespace = name;
const port = neo4jPort;
/** The user that its image has: https://neo4j.com/docs/operations-manual/5/docker/introduction/ */
const uid = 7474;
/** Where the image keeps the data. */
const data = "/data";

/** The graph database: the Community edition, so one instance, and users without roles. */
export const neo4j: PlatformComponent = {
  id: name,
  title: "Neo4j",
  version: (world) => versionsOf(world).neo4j,
  namespace,
  // It needs a sidecar, and its password from the secret store.
  wave: 4,
  workloads: [{ kind: "StatefulSet", namespace, name }],
  isWanted: (world) => world.platform.platform !== undefined && wantsNeo4j(world),
  // A database that gennet.yaml does not ask for ends; its volume stays.
  takesItsObjects: true,
  source: { manifests: neo4jObjects },
};

function neo4jObjects(world: ComponentWorld): readonly KubeObject[] {
  const { memoryGb, storageGb } = world.platform.stores.neo4j;
  const labels = { "app.kubernetes.io/name": name };
  const own = { ...ownLabels(world), ...labels };
  const metadata = { name, namespace, labels: own };
  const tcp = { tcpSocket: { port }, periodSeconds: 5 };
  const megabytes = memoryGb * 1024;
  const settings = {
    server_memory_heap_initial__size: `${megabytes / 2}m`,
    server_memory_heap_max__size: `${megabytes / 2}m`,
    server_memory_pagecache_size: `${megabytes / 4}m`,
    // A driver that asks for a routing table connects to this address next.
    server_bolt_advertised__address: `${neo4jHost}:${port}`,
    // Services use Bolt; its browser and API over HTTP would be two more entrances.
    server_http_enabled: "false",
    server_https_enabled: "false",
    dbms_usage__report_enabled: "false",
  };
  const container = {
    name,
    image: `docker.io/library/neo4j:${versionsOf(world).neo4j}-community`,
    ports: [{ name: "tcp-bolt", containerPort: port }],
    env: [
      // Only read when the volume is empty.
      { name: "NEO4J_AUTH", valueFrom: { secretKeyRef: { name, key: "auth" } } },
      ...Object.entries(settings).map(([key, value]) => ({ name: `NEO4J_${key}`, value })),
    ],
    resources: { requests: { cpu: "500m", memory: `${memoryGb}Gi` }, limits: { memory: `${memoryGb}Gi` } },
    // A recovery after a crash reads the transaction log.
    startupProbe: { ...tcp, failureThreshold: 120 },
    readinessProbe: tcp,
    livenessProbe: { ...tcp, periodSeconds: 10, failureThreshold: 6 },
    // Its entry point writes the configuration into the image's own folder.
    securityContext: { ...restrictedContainer, readOnlyRootFilesystem: false },
    // The root of a volume has lost+found, which is no database.
    volumeMounts: [{ name: "data", mountPath: data, subPath: "data" }],
  };
  return [
    login(world, metadata),
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      // A file that is missing by mistake must not remove the data.
      metadata: { ...metadata, annotations: keptByArgoCd },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: className,
        resources: { requests: { storage: `${storageGb}Gi` } },
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: own },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            // Variables that name its own Service would be read as settings.
            enableServiceLinks: false,
            // A checkpoint writes what is only in memory.
            terminationGracePeriodSeconds: 120,
            securityContext: { ...restrictedPod(uid), fsGroupChangePolicy: "OnRootMismatch" },
            containers: [container],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "tcp-bolt", port, targetPort: port }] },
    },
    // Any service may connect: the mesh demands a sidecar of it, and Neo4j a login.
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port }] }, { ports: [{ port: 15_020 }] }],
        // Of its sidecar; Cypher can read files from addresses, and should reach none.
        egress: [
          { to: [inNamespace("kube-system")], ports: [{ port: 53, protocol: "UDP" }, { port: 53 }] },
          { to: [inNamespace("istio-system")], ports: [{ port: 15_012 }] },
        ],
      },
    },
  ];
}

/** The login, in the form in which the image takes it, and in that of `gennet probe`. */
function login({ platform, region }: ComponentWorld, metadata: KubeObject["metadata"]): KubeObject {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata,
    spec: {
      refreshInterval: "1h",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets-manager" },
      target: {
        name,
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        template: { data: { auth: `${name}/{{ .password }}`, username: name, password: "{{ .password }}" } },
      },
      data: [{ secretKey: "password", remoteRef: { key: neo4jSecretName(platform, region), property: "password" } }],
    },
  };
}

function inNamespace(of: string): object {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": of } } };
}
