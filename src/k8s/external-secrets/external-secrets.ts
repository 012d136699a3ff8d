import type { Clock } from "../../core/clock.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { follow } from "../follow.ts";
import type { Cluster, KubeObject } from "../port.ts";
import type { ExternalSecret, ExternalSecrets } from "./port.ts";
import { type ExternalSecretObject, toExternalSecret } from "./shapes.ts";

const apiVersion = "external-secrets.io/v1";
/** Any annotation would do: External Secrets syncs anew when one has changed. */
const annotation = "gennet.dev/force-sync";

interface StoreObject extends KubeObject {
  readonly spec?: { readonly provider?: { readonly aws?: { readonly service?: string; readonly region?: string } } };
}

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export function createExternalSecrets(cluster: Cluster, clock: Clock): ExternalSecrets {
  return {
    async list(namespace, signal) {
      if (!(await cluster.serves(apiVersion, "ExternalSecret", signal))) return [];
      const query = { apiVersion, kind: "ExternalSecret", ...(namespace && { namespace }) };
      const found: ExternalSecret[] = [];
      for await (const page of cluster.list<ExternalSecretObject>(query, signal)) {
        found.push(...page.map(toExternalSecret));
      }
      return found;
    },

    async awsRegionOf({ namespace, store: { kind, name } }, signal) {
      const within = kind === "SecretStore" ? { namespace } : {};
      const store: StoreObject | undefined = await cluster.get({ apiVersion, kind, name, ...within }, signal);
      const aws = store?.spec?.provider?.aws;
      return aws?.service === "SecretsManager" ? aws.region : undefined;
    },

    async force({ namespace, name }, token, signal) {
      const ref = { apiVersion, kind: "ExternalSecret", namespace, name };
      await cluster.patch(ref, { merge: { metadata: { annotations: { [annotation]: token } } } }, {}, signal);
    },

    async untilSynced(external, { patienceMs, tell }, signal) {
      const { namespace, name } = external;
      const arrived = (object: ExternalSecretObject | undefined): boolean => {
        if (object === undefined) throw notSynced(cluster.name, external, "it was deleted");
        const now = toExternalSecret(object);
        if (now.ready === true && now.synced !== external.synced) return true;
        tell(`ExternalSecret ${namespace}/${name}: ${now.reason ?? "not synced yet"}`);
        return false;
      };
      const late = (last: ExternalSecretObject | undefined): AppError => {
        const reason = last === undefined ? undefined : toExternalSecret(last).reason;
        const silent = "External Secrets did not look at it. Is its operator running?";
        return notSynced(cluster.name, external, `${reason ?? silent} (after ${formatDuration(patienceMs)})`);
      };
      const ref = { apiVersion, kind: "ExternalSecret", namespace, name };
      await follow(cluster, ref, arrived, { clock, patienceMs, late }, signal);
    },

    async secret(namespace, name, signal) {
      const ref = { apiVersion: "v1", kind: "Secret", namespace, name };
      const object: SecretObject | undefined = await cluster.get(ref, signal);
      if (object === undefined) return undefined;
      const entries = Object.entries(object.data ?? {}).map(
        ([key, value]) => [key, new SecretValue(Buffer.from(value, "base64").toString("utf8"))] as const,
      );
      const writtenAt = lastWrite(object);
      const { resourceVersion = "" } = object.metadata;
      return { data: new Map(entries), resourceVersion, ...(writtenAt === undefined ? {} : { writtenAt }) };
    },
  };
}

/** When a manager that owns part of the data last wrote. */
function lastWrite({ metadata }: KubeObject): number | undefined {
  const fields = (metadata["managedFields"] ?? []) as readonly { readonly time?: string; readonly fieldsV1?: object }[];
  const times = fields.flatMap(({ time, fieldsV1 }) =>
    time !== undefined && fieldsV1 !== undefined && "f:data" in fieldsV1 ? [Date.parse(time)] : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

function notSynced(cluster: string, { namespace, name }: ExternalSecret, why: string): AppError {
  return new AppError("SECRET_NOT_SYNCED", `${cluster}: ExternalSecret ${namespace}/${name}: ${why}`, {
    next: [
      `kubectl -n ${namespace} describe externalsecret ${name}   shows what External Secrets says about it`,
      "kubectl get pods -A -l app.kubernetes.io/name=external-secrets   shows whether it runs",
    ],
  });
}
