import type { SecretDescription, SecretLifecycle, SecretsManager } from "../../src/aws/secrets/port.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

/** A secret in its own region; replicas follow it. */
export interface StoredSecret {
  readonly awsRegion: string;
  readonly name: string;
  readonly tags: Tags;
  /** Every value that it ever had, the current one last. */
  readonly values: string[];
  replicas: readonly string[];
  deletedAt: Date | undefined;
}

/** The versions of a secret beside its values. */
interface Versions {
  /** The id of each value that has one; the others have the number of values until then. */
  readonly ids: Map<number, string>;
  readonly texts: Map<string, string>;
  /** Versions by label, without AWSCURRENT. */
  readonly labels: Map<string, string>;
}

const versionsOf = new WeakMap<StoredSecret, Versions>();

function versions(secret: StoredSecret): Versions {
  const known = versionsOf.get(secret) ?? { ids: new Map(), texts: new Map(), labels: new Map() };
  versionsOf.set(secret, known);
  return known;
}

function currentId(secret: StoredSecret): string {
  const count = secret.values.length;
  return versions(secret).ids.get(count) ?? String(count);
}

/**
 * In-memory Secrets Manager of an account, with creation, replication and deletion.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference
 */
export function memoryStoreSecrets(
  { awsRegion, accountId }: AwsTarget,
  secrets: StoredSecret[],
  { change, begin, isReady }: AwsChanges,
): SecretsManager & SecretLifecycle {
  const visible = (id: string): StoredSecret | undefined =>
    secrets.find((each) => each.name === id && (each.awsRegion === awsRegion || each.replicas.includes(awsRegion)));
  const known = (action: string, id: string): StoredSecret => {
    const secret = visible(id);
    if (secret === undefined) {
      return refuse(action, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    const primary = secret.awsRegion === awsRegion;
    demand(primary, action, "InvalidRequestException", "You can't perform this operation on a replica secret.");
    return secret;
  };
  const alive = (action: string, id: string): StoredSecret => {
    const secret = known(action, id);
    const why = "You can't perform this operation on the secret because it was marked for deletion.";
    demand(secret.deletedAt === undefined, action, "InvalidRequestException", why);
    return secret;
  };
  const copy = (secret: StoredSecret, regions: readonly string[]): void => {
    for (const region of regions) begin(`${secret.name} in ${region}`);
    secret.replicas = [...new Set([...secret.replicas, ...regions])];
  };
  const describe = (secret: StoredSecret): SecretDescription => ({
    name: secret.name,
    arn: `arn:aws:secretsmanager:${awsRegion}:${accountId}:secret:${secret.name}-AbCdEf`,
    ...(secret.replicas.length === 0 ? {} : { primaryRegion: secret.awsRegion }),
    rotatedByAws: false,
    tags: secret.tags,
    ...(secret.deletedAt && { deletedAt: secret.deletedAt }),
    versions: labelsOf(secret),
    replicas:
      secret.awsRegion === awsRegion
        ? secret.replicas.map((region) => ({
            awsRegion: region,
            status: isReady(`${secret.name} in ${region}`) ? "InSync" : "InProgress",
          }))
        : [],
  });
  let passwords = 0;
  return {
    list: async function* () {
      yield secrets.filter((each) => each.deletedAt === undefined && each.awsRegion === awsRegion).map(describe);
    },
    describe: async (id) => {
      const secret = visible(id);
      return secret && describe(secret);
    },
    version: async (id, which) => {
      const secret = visible(id);
      if (secret === undefined || !("stage" in which) || which.stage !== "AWSCURRENT") return undefined;
      const why = "You can't perform this operation on the secret because it was marked for deletion.";
      demand(secret.deletedAt === undefined, "SecretsManager GetSecretValue", "InvalidRequestException", why);
      return { id: currentId(secret), value: new SecretValue(secret.values.at(-1) ?? ""), binary: false };
    },
    putPending: async () => refuse("SecretsManager PutSecretValue", "InvalidRequestException", "no rotation here"),
    moveStage: (id, label, { from, to }) =>
      change(() => {
        const action = "SecretsManager UpdateSecretVersionStage";
        const secret = alive(action, id);
        const { ids, texts, labels } = versions(secret);
        const at = label === "AWSCURRENT" ? currentId(secret) : labels.get(label);
        // The adapter considers both to be a retry of a call whose response was lost.
        if (to === undefined ? at !== from : at === to) return;
        const code = "InvalidParameterException";
        if (at !== from) refuse(action, code, `the label ${label} is not attached to version ${from ?? "none"}`);
        if (to === undefined) return void labels.delete(label);
        const text = texts.get(to);
        if (text === undefined) refuse(action, "ResourceNotFoundException", `there is no version ${to}`);
        if (label !== "AWSCURRENT") return void labels.set(label, to);
        ids.set(secret.values.push(text), to);
      }),
    randomPassword: async (length) => new SecretValue(`S3cret-${awsRegion}-${++passwords}`.padEnd(length, "x")),
    create: ({ name, value, tags, replicas }) =>
      change(() => {
        const action = "SecretsManager CreateSecret";
        demandTags(action, tags);
        demand(/^[\w/+=.@-]{1,512}$/.test(name), action, "InvalidParameterException", "Invalid name.");
        const before = visible(name);
        const why = "You can't create this secret because a secret with this name is already scheduled for deletion.";
        demand(before?.deletedAt === undefined, action, "InvalidRequestException", why);
        demand(before === undefined, action, "ResourceExistsException", `The secret ${name} already exists.`);
        const secret = { awsRegion, name, tags, values: [value.reveal()], replicas: [], deletedAt: undefined };
        secrets.push(secret);
        copy(secret, replicas);
      }),
    put: (id, version, value) =>
      change(() => {
        const action = "SecretsManager PutSecretValue";
        const { texts, labels } = versions(alive(action, id));
        const sizes = version.id.length >= 32 && version.id.length <= 64;
        demand(sizes, action, "ValidationException", "a token has 32 to 64 characters");
        texts.set(version.id, value.reveal());
        labels.set(version.stage, version.id);
      }),
    replicate: (id, regions) =>
      change(() => {
        const action = "SecretsManager ReplicateSecretToRegions";
        const secret = alive(action, id);
        const own = regions.includes(awsRegion);
        demand(!own, action, "InvalidParameterException", "Invalid replica region.");
        copy(secret, regions);
      }),
    removeReplicas: (id, regions) =>
      change(() => {
        const secret = alive("SecretsManager RemoveRegionsFromReplication", id);
        secret.replicas = secret.replicas.filter((region) => !regions.includes(region));
      }),
    delete: (id, days) =>
      change(() => {
        const action = "SecretsManager DeleteSecret";
        if (visible(id) === undefined) return;
        const secret = known(action, id);
        const copies = secret.replicas.join(", ");
        const code = "InvalidRequestException";
        demand(
          copies === "",
          action,
          code,
          `You can't delete secret ${id} that still has replica regions [${copies}].`,
        );
        demand(days >= 7 && days <= 30, action, "InvalidParameterException", "The window has 7 to 30 days.");
        secret.deletedAt = new Date(Date.UTC(2030, 0, days));
      }),
    restore: (id) => change(() => void (known("SecretsManager RestoreSecret", id).deletedAt = undefined)),
  };
}

function labelsOf(secret: StoredSecret): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = { [currentId(secret)]: ["AWSCURRENT"] };
  for (const [label, version] of versions(secret).labels) (found[version] ??= []).push(label);
  return found;
}
