import type { SecretDescription, SecretsManager } from "../../src/aws/secrets/port.ts";
import { AppError } from "../../src/core/error.ts";
import { SecretValue } from "../../src/core/secret-value.ts";

export interface MemorySecret {
  readonly name: string;
  readonly texts: Map<string, string | Uint8Array>;
  /** Versions by label. */
  readonly labels: Map<string, string>;
  readonly replicas: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** What the replicas have instead, if they no longer follow the primary. */
  lag?: string | undefined;
}

/** Called around each change, so that a test can count, reject, and be killed at each. */
export type Change = <T>(what: string, work: () => T | Promise<T>) => Promise<T>;

/**
 * In-memory Secrets Manager, as its API reference describes it: a label is on one version at a time, moving AWSCURRENT
 * also moves AWSPREVIOUS, a label only moves from the version that the call names, and replicas follow the primary.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function memorySecrets(secret: MemorySecret, awsRegion: string, change: Change): SecretsManager {
  const arn = `arn:aws:secretsmanager:${awsRegion}:111122223333:secret:${secret.name}-AbCdEf`;
  const primary = awsRegion === "eu-west-1";
  const is = (id: string): boolean => id === secret.name || id === arn;
  const refuse = (why: string): never => {
    throw new AppError("AWS_REJECTED", `AWS rejected it: ${why}`);
  };
  const describe = (): SecretDescription => {
    const versions: Record<string, string[]> = {};
    for (const [label, version] of secret.labels) (versions[version] ??= []).push(label);
    return {
      name: secret.name,
      arn,
      ...(secret.replicas.length === 0 ? {} : { primaryRegion: "eu-west-1" }),
      rotatedByAws: false,
      tags: secret.tags ?? {},
      versions,
      replicas: primary ? secret.replicas.map((region) => ({ awsRegion: region, status: "InSync" })) : [],
    };
  };
  return {
    list: async function* () {
      yield [describe()];
    },
    describe: async (id) => (is(id) ? describe() : undefined),
    version: async (id, which) => {
      if (!is(id)) return undefined;
      const version = "stage" in which ? secret.labels.get(which.stage) : which.versionId;
      const text = version === undefined ? undefined : secret.texts.get(version);
      if (version === undefined || text === undefined) return undefined;
      const stale = !primary && secret.lag !== undefined && "stage" in which;
      const value = new SecretValue(stale ? (secret.lag ?? "") : text);
      return { id: version, value, binary: typeof text !== "string" };
    },
    putPending: (id, version, value) =>
      change(`put ${version}`, () => {
        if (!is(id) || !primary) refuse("replicas are read-only");
        const before = secret.texts.get(version);
        if (before !== undefined && before !== value.reveal()) refuse("a version cannot be changed");
        secret.texts.set(version, value.reveal());
        secret.labels.set("AWSPENDING", version);
      }),
    moveStage: (id, label, { from, to }) =>
      change(`${label} ${from ?? "-"} → ${to ?? "-"}`, () => {
        if (!is(id) || !primary) refuse("replicas are read-only");
        if (secret.labels.get(label) === to && to !== undefined) return;
        if (secret.labels.get(label) !== from) refuse(`${label} is not at ${from ?? "none"}`);
        if (to === undefined) return void secret.labels.delete(label);
        if (!secret.texts.has(to)) refuse(`there is no version ${to}`);
        secret.labels.set(label, to);
        if (label === "AWSCURRENT" && from !== undefined) secret.labels.set("AWSPREVIOUS", from);
      }),
  };
}
