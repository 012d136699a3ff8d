import type { SecretDescription, SecretsManager } from "../../src/aws/secrets/port.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { demand, refuse } from "./aws-rules.ts";

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

/** Ids of versions: AWS accepts 32 to 64 characters. */
export const [v0, v1, v2, v3] = [0, 1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
];

const mostBytes = 65_536;

/**
 * In-memory Secrets Manager, as its API reference describes it: a label is on one version at a time, moving AWSCURRENT
 * also moves AWSPREVIOUS, a label only moves from the version that the call names, and replicas follow the primary.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function memorySecrets(secret: MemorySecret, awsRegion: string, change: Change): SecretsManager {
  const arn = `arn:aws:secretsmanager:${awsRegion}:111122223333:secret:${secret.name}-AbCdEf`;
  const primary = awsRegion === "eu-west-1";
  const is = (id: string): boolean => id === secret.name || id === arn;
  demand(/^[\w/+=.@-]{1,512}$/.test(secret.name), "CreateSecret", "InvalidParameterException", "the name is invalid");
  const demandPrimary = (action: string, id: string): void => {
    demand(is(id), action, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    demand(primary, action, "InvalidRequestException", "You can't perform this operation on a replica secret.");
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
        const action = "SecretsManager PutSecretValue";
        const held = value.reveal();
        demandPrimary(action, id);
        const bytes = Buffer.byteLength(held);
        const sizes = version.length >= 32 && version.length <= 64 && bytes > 0 && bytes <= mostBytes;
        demand(sizes, action, "ValidationException", "a token has 32 to 64 characters, a value 1 to 65536 bytes");
        const before = secret.texts.get(version);
        // The same request is ignored: it does not move the label either.
        if (before === held) return;
        demand(before === undefined, action, "ResourceExistsException", "You can't modify a secret version.");
        secret.texts.set(version, held);
        secret.labels.set("AWSPENDING", version);
      }),
    moveStage: (id, label, { from, to }) =>
      change(`${label} ${from ?? "-"} → ${to ?? "-"}`, () => {
        const action = "SecretsManager UpdateSecretVersionStage";
        const at = secret.labels.get(label);
        demandPrimary(action, id);
        const code = "InvalidParameterException";
        demand(from !== undefined || to !== undefined, action, code, "neither version is given");
        const keeps = label !== "AWSCURRENT" || to !== undefined;
        demand(keeps, action, code, "You can only move AWSCURRENT to a different version. It can't be removed.");
        // The adapter considers both to be a retry of a call whose response was lost.
        if (to === undefined ? at !== from : at === to) return;
        if (at !== from) refuse(action, code, `the label ${label} is not attached to version ${from ?? "none"}`);
        if (to === undefined) return void secret.labels.delete(label);
        demand(secret.texts.has(to), action, "ResourceNotFoundException", `there is no version ${to}`);
        secret.labels.set(label, to);
        if (label === "AWSCURRENT" && from !== undefined) secret.labels.set("AWSPREVIOUS", from);
      }),
  };
}
