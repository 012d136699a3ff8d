import type { Clock } from "../../core/clock.ts";
import { itemsOf } from "../../core/items-of.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { follow } from "../follow.ts";
import type { Cluster, ListQuery } from "../port.ts";
import type { ExternalSecret, ExternalSecrets } from "./port.ts";
import { type ExternalSecretObject, toExternalSecret } from "./shapes.ts";
import { type PushSecretObject, type StoreObject, toPushSecret, toStore } from "./store-shapes.ts";

const apiVersion = "external-secrets.io/v1";
const pushVersion = "external-secrets.io/v1alpha1";
/** Any annotation works: External Secrets syncs again when one changes. */
const annotation = "gennet.dev/force-sync";

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export function createExternalSecrets(cluster: Cluster, clock: Clock): ExternalSecrets {
  const { kubectl } = cluster;
  const all = async <T extends KubeObject>(query: ListQuery, signal: AbortSignal): Promise<readonly T[]> => {
    if (!(await cluster.serves(query.apiVersion, query.kind, signal))) return [];
    return itemsOf(cluster.list<T>(query, signal));
  };
  const notSynced = ({ namespace, name }: ExternalSecret, why: string): AppError =>
    new AppError("SECRET_NOT_SYNCED", `${cluster.name}: ExternalSecret ${namespace}/${name}: ${why}`, {
      next: [
        `${kubectl} -n ${namespace} describe externalsecret ${name}  # shows what External Secrets reports about it`,
        `${kubectl} get pods -A -l app.kubernetes.io/name=external-secrets  # shows whether it runs`,
      ],
    });

  return {
    installed: (signal) => cluster.serves(apiVersion, "ExternalSecret", signal),

    async list(namespace, signal) {
      const query = { apiVersion, kind: "ExternalSecret", ...(namespace && { namespace }) };
      return (await all<ExternalSecretObject>(query, signal)).map(toExternalSecret);
    },

    async stores(signal) {
      const kinds = ["SecretStore", "ClusterSecretStore"] as const;
      const found = kinds.map(async (kind) =>
        (await all<StoreObject>({ apiVersion, kind }, signal)).map((store) => toStore(kind, store)),
      );
      return (await Promise.all(found)).flat();
    },

    async pushes(signal) {
      const found = await all<PushSecretObject>({ apiVersion: pushVersion, kind: "PushSecret" }, signal);
      return found.map(toPushSecret);
    },

    async force({ namespace, name }, token, signal) {
      const ref = { apiVersion, kind: "ExternalSecret", namespace, name };
      await cluster.patch(ref, { merge: { metadata: { annotations: { [annotation]: token } } } }, {}, signal);
    },

    async untilSynced(external, { patienceMs, report }, signal) {
      const { namespace, name } = external;
      const arrived = (object: ExternalSecretObject | undefined): boolean => {
        if (object === undefined) throw notSynced(external, "it was deleted");
        const now = toExternalSecret(object);
        if (now.ready === true && now.synced !== external.synced) return true;
        report(`ExternalSecret ${namespace}/${name}: ${now.reason ?? "not synced yet"}`);
        return false;
      };
      const late = (last: ExternalSecretObject | undefined): AppError => {
        const reason = last === undefined ? undefined : toExternalSecret(last).reason;
        const silent = "External Secrets did not reconcile it. Is its operator running?";
        return notSynced(external, `${reason ?? silent} (after ${formatDuration(patienceMs)})`);
      };
      const ref = { apiVersion, kind: "ExternalSecret", namespace, name };
      await follow(cluster, ref, arrived, { clock, patienceMs, late }, signal);
    },

    async secret(namespace, name, signal) {
      const ref = { apiVersion: "v1", kind: "Secret", namespace, name };
      const object: SecretObject | undefined = await cluster.get(ref, signal);
      if (object === undefined) return undefined;
      const entries = Object.entries(object.data ?? {}).map(
        ([key, value]) => [key, new SecretValue(Buffer.from(value, "base64"))] as const,
      );
      const writtenAt = lastWrite(object);
      const { resourceVersion = "", annotations } = object.metadata;
      const copiedBy = copierOf(annotations);
      return {
        data: new Map(entries),
        resourceVersion,
        ...(copiedBy === undefined ? {} : { copiedBy }),
        ...(writtenAt === undefined ? {} : { writtenAt }),
      };
    },
  };
}

/** Returns when a manager that owns part of the data last wrote it. */
function lastWrite({ metadata }: KubeObject): number | undefined {
  const fields = (metadata["managedFields"] ?? []) as readonly { readonly time?: string; readonly fieldsV1?: object }[];
  const times = fields.flatMap(({ time, fieldsV1 }) =>
    time !== undefined && fieldsV1 !== undefined && "f:data" in fieldsV1 ? [Date.parse(time)] : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Controllers that copy a Kubernetes Secret into other namespaces, with the annotations that enable this. */
const copiers: readonly (readonly [annotation: RegExp, by: string])[] = [
  [/^reflector\.v1\.k8s\.emberstack\.com\/reflection-(allowed|auto-enabled)$/, "reflector"],
  [/^replicator\.v1\.mittwald\.de\/(replicate-to|replicate-to-matching|replication-allowed)$/, "kubernetes-replicator"],
  [/^kubed\.appscode\.com\/sync$/, "config-syncer"],
];

/** Returns the controller that copies a Secret with these annotations, or allows copies of it. */
function copierOf(annotations: Readonly<Record<string, string>> = {}): string | undefined {
  const given = Object.entries(annotations).filter(([, value]) => value !== "false");
  return copiers.find(([annotation]) => given.some(([name]) => annotation.test(name)))?.[1];
}
