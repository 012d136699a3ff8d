import type { SecretsManager } from "../../src/aws/secrets/port.ts";
import type { Clock } from "../../src/core/clock.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { createExternalSecrets } from "../../src/k8s/external-secrets/external-secrets.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import { createWorkloads } from "../../src/k8s/workloads/workloads.ts";
import type { Site } from "../../src/secrets/world.ts";
import { memoryCluster } from "./memory-cluster.ts";
import type { Change } from "./memory-secrets.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

type Data = Readonly<Record<string, Buffer>>;

/** A reader that is known from the choice it was generated from, without reading its manifests. */
export interface ReaderParts {
  readonly store: KubeObject;
  readonly external: KubeObject;
  readonly deployment: KubeObject;
  /** What External Secrets writes for AWSCURRENT; an error is what it reports. */
  readonly make: (text: string) => Data;
  /** What a container receives from the Kubernetes Secret: `v:NAME` or `f:PATH`. */
  readonly give: (data: Data) => Readonly<Record<string, Buffer>>;
  /** Whether the containers have a shell and sha256sum. */
  readonly shell: boolean;
  /** New pods get the value of the previous ones. */
  readonly stale: boolean;
  /** External Secrets reports that it has synced, but something else has overwritten the Secret. */
  readonly overwritten: boolean;
}

export interface ReaderRegion {
  readonly site: Site;
  /** The value that each running pod received, by its name. */
  readonly running: ReadonlyMap<string, Readonly<Record<string, Buffer>>>;
  settle(): Promise<void>;
}

/** A region with one reader, External Secrets and one Deployment; each controller reacts immediately. */
export function readerRegion(
  name: string,
  awsRegion: string,
  parts: ReaderParts,
  { secret, store }: { readonly secret: string; readonly store: SecretsManager },
  clock: Clock,
  change: Change,
): ReaderRegion {
  const memory = memoryCluster(name);
  const running = new Map<string, Readonly<Record<string, Buffer>>>();
  const { signal } = new AbortController();
  let pods = 0;
  let first: Readonly<Record<string, Buffer>> | undefined;
  let written: Data = {};

  const syncNow = async (object: KubeObject): Promise<void> => {
    const version = await store.version(secret, { stage: "AWSCURRENT" }, signal);
    const annotations = JSON.stringify(object.metadata.annotations ?? {});
    try {
      const made = parts.make(version?.value.reveal() ?? "");
      if (!parts.overwritten || Object.keys(written).length === 0) written = made;
    } catch (error) {
      const message = (error as Error).message;
      memory.store({ ...object, status: { conditions: [{ type: "Ready", status: "False", message }] } });
      return;
    }
    const data = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, value.toString("base64")]));
    const managedFields = [{ time: new Date(clock.now()).toISOString(), fieldsV1: { "f:data": {} } }];
    memory.store({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "db", namespace: "shop", managedFields },
      data,
    });
    const status = { conditions: [{ type: "Ready", status: "True" }], syncedResourceVersion: annotations };
    memory.store({ ...object, status });
  };

  const rollOut = (object: KubeObject): void => {
    const generation = Number(object.metadata["generation"] ?? 0) + 1;
    const { template } = object["spec"] as { template: { metadata: { annotations?: object } } };
    for (const pod of running.keys()) memory.objects.delete(`Pod shop/${pod}`);
    running.clear();
    for (let count = 0; count < 2; count++) {
      const pod = `orders-${++pods}`;
      const given = parts.give(written);
      first ??= given;
      running.set(pod, parts.stale ? first : given);
      const creationTimestamp = new Date(clock.now()).toISOString();
      const metadata = {
        name: pod,
        namespace: "shop",
        labels: { app: "orders" },
        annotations: (template.metadata.annotations ?? {}) as never,
        creationTimestamp,
      };
      const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
      memory.store({ apiVersion: "v1", kind: "Pod", metadata, status });
    }
    const counts = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    const metadata = { ...object.metadata, generation };
    memory.store({ ...object, metadata, status: { observedGeneration: generation, ...counts } });
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
  const kubectl = `kubectl --context ${name}`;
  memory.store(parts.store);
  return {
    running,
    settle: async () => {
      await syncNow(memory.store(parts.external));
      rollOut(memory.store(parts.deployment));
    },
    site: {
      name,
      awsRegion,
      accountId: "111122223333",
      kubectl,
      wave: 1,
      externalSecrets: createExternalSecrets(cluster, clock),
      workloads: {
        ...createWorkloads(cluster, clock),
        fingerprints: async (pod, { values }, key) => {
          const held = running.get(pod.name) ?? {};
          if (!parts.shell) return undefined;
          return values.map(({ as, at }) => {
            const value = held[`${as === "file" ? "f" : "v"}:${at}`];
            return value && new SecretValue(value).fingerprint(key);
          });
        },
      },
    },
  };
}
