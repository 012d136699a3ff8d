import type { SecretsManager } from "../../src/aws/secrets/port.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { Clock } from "../../src/core/clock.ts";
import { createExternalSecrets } from "../../src/k8s/external-secrets/external-secrets.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import { createWorkloads } from "../../src/k8s/workloads/workloads.ts";
import type { Site } from "../../src/secrets/world.ts";
import { memoryCluster, type MemoryCluster } from "./memory-cluster.ts";
import type { Change } from "./memory-secrets.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

export interface MemoryRegion {
  readonly site: Site;
  readonly memory: MemoryCluster;
  /** The value that each running pod received, by its name. */
  readonly running: Map<string, string>;
  /** Whether External Secrets is running. */
  operator: boolean;
  /** New pods with this value never become available. */
  crashing?: string;
  /** Replaces a pod, as on a node failure: the new one gets the current value of the Kubernetes Secret. */
  replacePod(): void;
  /** Makes External Secrets refresh, as after each refreshInterval. */
  refresh(): Promise<void>;
}

type Tree = Record<string, unknown>;

/**
 * A region with External Secrets and a Deployment that reads a Kubernetes Secret; each controller reacts immediately.
 */
export function memoryRegion(
  name: string,
  awsRegion: string,
  secret: string,
  secrets: SecretsManager,
  clock: Clock,
  change: Change,
  wave: number,
): MemoryRegion {
  const memory = memoryCluster(name);
  const running = new Map<string, string>();
  let pods = 0;
  const signal = new AbortController().signal;

  const syncNow = async (object: KubeObject): Promise<void> => {
    if (!region.operator) return;
    const version = await secrets.version(secret, { stage: "AWSCURRENT" }, signal);
    const password = (JSON.parse(version?.value?.reveal() ?? "{}") as Record<string, string>)["password"] ?? "";
    const data = { PASSWORD: Buffer.from(password).toString("base64") };
    const managedFields = [{ time: new Date(clock.now()).toISOString(), fieldsV1: { "f:data": {} } }];
    memory.store({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "db", namespace: "shop", managedFields },
      data,
    });
    const annotations = JSON.stringify(object.metadata.annotations ?? {});
    const status = { conditions: [{ type: "Ready", status: "True" }], syncedResourceVersion: annotations };
    memory.store({ ...object, status });
  };

  const rollOut = (object: KubeObject): void => {
    const generation = Number(object.metadata["generation"] ?? 0) + 1;
    const { template } = object["spec"] as { template: { metadata: { annotations?: Tree; labels: Tree } } };
    const stored = { ...object, metadata: { ...object.metadata, generation } };
    const crash = region.crashing !== undefined && region.crashing === held();
    const status = (available: number, updated: number) => ({
      observedGeneration: generation,
      replicas: 2,
      updatedReplicas: updated,
      availableReplicas: available,
      ...(crash
        ? { conditions: [{ type: "Progressing", reason: "ProgressDeadlineExceeded", message: "pods crash" }] }
        : {}),
    });
    if (crash) return void memory.store({ ...stored, status: status(2, 1) });
    for (const pod of running.keys()) {
      memory.objects.delete(`Pod shop/${pod}`);
      running.delete(pod);
    }
    for (let count = 0; count < 2; count++) startPod(template.metadata.annotations ?? {});
    memory.store({ ...stored, status: status(2, 2) });
  };

  const held = (): string => {
    const data = (memory.objects.get("Secret shop/db")?.["data"] ?? {}) as Record<string, string>;
    return Buffer.from(data["PASSWORD"] ?? "", "base64").toString();
  };

  const startPod = (annotations: Tree): void => {
    const pod = `orders-${++pods}`;
    running.set(pod, held());
    const creationTimestamp = new Date(clock.now()).toISOString();
    memory.store({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: pod,
        namespace: "shop",
        labels: { app: "orders" },
        annotations: annotations as never,
        creationTimestamp,
      },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    });
  };

  const cluster: Cluster = {
    ...memory.cluster,
    patch: (ref, patch, options, aborted) =>
      change(`${name}: patch ${ref.kind}`, async () => {
        const object = await memory.cluster.patch(ref, patch, options, aborted);
        if (ref.kind === "ExternalSecret") await syncNow(object);
        else rollOut(object);
        return object;
      }),
  };
  const workloads = createWorkloads(cluster, clock);
  const region: MemoryRegion = {
    memory,
    running,
    operator: true,
    refresh: async () => syncNow(memory.objects.get("ExternalSecret shop/db") as KubeObject),
    replacePod: () => {
      const [pod] = running.keys();
      if (pod === undefined || region.crashing === held()) return;
      memory.objects.delete(`Pod shop/${pod}`);
      running.delete(pod);
      const deployed = memory.objects.get("Deployment shop/orders")?.["spec"] as { template: { metadata: Tree } };
      startPod((deployed.template.metadata["annotations"] ?? {}) as Tree);
    },
    site: {
      name,
      awsRegion,
      accountId: "111122223333",
      kubectl: `kubectl --context ${name}`,
      wave,
      externalSecrets: createExternalSecrets(cluster, clock),
      workloads: {
        ...workloads,
        fingerprints: async (pod, { values }, key) =>
          values.map(() => new SecretValue(running.get(pod.name) ?? "").fingerprint(key)),
      },
    },
  };

  const apiVersion = "external-secrets.io/v1";
  memory.store({
    apiVersion,
    kind: "ClusterSecretStore",
    metadata: { name: "aws" },
    spec: { provider: { aws: { service: "SecretsManager", region: awsRegion } } },
  });
  const external = memory.store({
    apiVersion,
    kind: "ExternalSecret",
    metadata: { name: "db", namespace: "shop" },
    spec: {
      refreshInterval: "1h",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
      data: [{ secretKey: "PASSWORD", remoteRef: { key: secret, property: "password" } }],
    },
  });
  const env = [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "PASSWORD" } } }];
  const template = { metadata: { labels: { app: "orders" } }, spec: { containers: [{ name: "app", env }] } };
  const deployment: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "orders", namespace: "shop" },
    spec: { replicas: 2, selector: { matchLabels: { app: "orders" } }, template },
  };
  void syncNow(external).then(() => rollOut(deployment));
  return region;
}
