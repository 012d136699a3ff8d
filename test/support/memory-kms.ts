import type { Kms, KmsKey } from "../../src/aws/kms/port.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

export interface MemoryKeys {
  readonly keys: Map<string, KmsKey>;
  /** The ids of keys by alias. */
  readonly aliases: Map<string, string>;
}

/** In-memory KMS, as its API reference describes it: https://docs.aws.amazon.com/kms/latest/APIReference */
export function memoryKms(
  { awsRegion, accountId }: Pick<AwsTarget, "awsRegion" | "accountId">,
  { keys, aliases }: MemoryKeys,
  things: Made[],
  { change }: AwsChanges,
): Kms {
  const find = (id: string): KmsKey | undefined => keys.get(aliases.get(id) ?? id.split("/").at(-1) ?? id);
  const set = (
    action: string,
    id: string,
    states: readonly string[],
    facts: (key: KmsKey) => Partial<KmsKey>,
  ): Promise<void> =>
    change(() => {
      const key = find(id) ?? refuse(action, "NotFoundException", `Key '${id}' does not exist`);
      demand(states.includes(key.state), action, "KMSInvalidStateException", `${key.arn} is ${key.state}.`);
      const { deletedAt: _, ...others } = { ...key, ...facts(key) };
      const deletedAt = others.state === "PendingDeletion" ? { deletedAt: new Date("2026-12-30T00:00:00Z") } : {};
      keys.set(key.id, { ...others, ...deletedAt });
    });
  const usable = ["Enabled", "Disabled"];
  return {
    usable: async (id) => {
      const found = find(id);
      return found && { arn: found.arn, state: found.state, spec: "SYMMETRIC_DEFAULT", usage: "ENCRYPT_DECRYPT" };
    },
    key: async (id) => find(id),
    keys: async (tags) =>
      [...keys.values()].filter((key) => Object.entries(tags).every(([name, value]) => key.tags[name] === value)),
    createKey: ({ description, policy, tags }) =>
      change(() => {
        demandTags("KMS CreateKey", tags);
        const id = `key-${things.length + 1}`;
        const arn = `arn:aws:kms:${awsRegion}:${accountId}:key/${id}`;
        keys.set(id, { id, arn, state: "Enabled", description, rotates: false, policy, tags });
        things.push({ kind: "key", id, tags, facts: {} });
        return id;
      }),
    setAlias: (alias, id) =>
      change(() => {
        const action = "KMS CreateAlias";
        demand(/^alias\/[a-zA-Z0-9/_-]+$/.test(alias), action, "InvalidAliasNameException", alias);
        const key = find(id) ?? refuse(action, "NotFoundException", `Key '${id}' does not exist`);
        const pending = key.state === "PendingDeletion";
        demand(!pending, action, "KMSInvalidStateException", `${key.arn} is pending deletion.`);
        aliases.set(alias, key.id);
      }),
    setDescription: (id, description) => set("KMS UpdateKeyDescription", id, usable, () => ({ description })),
    setPolicy: (id, policy) => set("KMS PutKeyPolicy", id, usable, () => ({ policy })),
    enableRotation: (id) => set("KMS EnableKeyRotation", id, ["Enabled"], () => ({ rotates: true })),
    enableKey: (id) => set("KMS EnableKey", id, usable, () => ({ state: "Enabled" })),
    cancelDeletion: (id) => set("KMS CancelKeyDeletion", id, ["PendingDeletion"], () => ({ state: "Disabled" })),
    scheduleDeletion: (id, days) =>
      set("KMS ScheduleKeyDeletion", id, usable, () => {
        demand(days >= 7 && days <= 30, "KMS ScheduleKeyDeletion", "ValidationException", `${days} days`);
        return { state: "PendingDeletion" };
      }),
  };
}
