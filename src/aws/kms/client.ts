import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  paginateListKeys,
  paginateListResourceTags,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { mapBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import { hasTags } from "../../core/has-tags.ts";
import { callsTo } from "../calls.ts";
import { createOnce } from "../ec2/create-once.ts";
import { isAbsent } from "../errors.ts";
import { policyOf, type PolicyDocument } from "../../core/iam-policy.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import type { Tags } from "../tags.ts";
import type { Kms, KmsKey } from "./port.ts";

const tagReadsAtOnce = 6;

/** Connects to KMS through its SDK. */
export function createKms(session: Session): Connected<Kms> {
  const client = new KMSClient(session.config());
  // CreateKey has no idempotency token: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
  const careful = new KMSClient(session.config("throttles"));
  for (const each of [client, careful]) nameErrors(each.middlewareStack);
  const { call, find, all } = callsTo(session);

  const tagsOf = async (id: string, signal: AbortSignal): Promise<Tags> => {
    const tags = await all(
      signal,
      (options) => paginateListResourceTags({ client }, { KeyId: id }, options),
      (page) => page.Tags,
    );
    return Object.fromEntries(tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]));
  };
  /** The policy of a foreign key may keep its tags from us: it is not ours. */
  const visibleTags = async (id: string, signal: AbortSignal): Promise<Tags> => {
    try {
      return await tagsOf(id, signal);
    } catch (error) {
      const hidden = error instanceof AppError && (error.code === "AWS_DENIED" || isAbsent(error.cause));
      if (hidden) return {};
      throw error;
    }
  };

  const port: Kms = {
    async usable(id, signal) {
      const command = new DescribeKeyCommand({ KeyId: id });
      const found = (await find(signal, (options) => client.send(command, options)))?.KeyMetadata;
      return (
        found && {
          arn: found.Arn ?? "",
          state: found.KeyState ?? "Creating",
          spec: found.KeySpec ?? "",
          usage: found.KeyUsage ?? "",
        }
      );
    },

    async key(id, signal) {
      const command = new DescribeKeyCommand({ KeyId: id });
      const found = (await find(signal, (options) => client.send(command, options)))?.KeyMetadata;
      if (found?.KeyId === undefined) return undefined;
      const KeyId = found.KeyId;
      const [policy, rotation, tags] = await Promise.all([
        call(signal, (options) => client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }), options)),
        call(signal, (options) => client.send(new GetKeyRotationStatusCommand({ KeyId }), options)),
        tagsOf(KeyId, signal),
      ]);
      return {
        id: KeyId,
        arn: found.Arn ?? "",
        state: found.KeyState ?? "Creating",
        description: found.Description ?? "",
        rotates: rotation.KeyRotationEnabled === true,
        policy: policy.Policy === undefined ? policyOf() : (JSON.parse(policy.Policy) as PolicyDocument),
        tags,
        ...(found.DeletionDate === undefined ? {} : { deletedAt: found.DeletionDate }),
      };
    },

    async keys(tags, signal) {
      const listed = await all(
        signal,
        (options) => paginateListKeys({ client }, {}, options),
        (page) => page.Keys,
      );
      const ids = listed.flatMap(({ KeyId }) => KeyId ?? []);
      const found = await mapBounded(ids, tagReadsAtOnce, async (id): Promise<KmsKey | undefined> => {
        const isOwn = hasTags(await visibleTags(id, signal), tags);
        return isOwn ? port.key(id, signal) : undefined;
      });
      return found.filter((each) => each !== undefined);
    },

    async createKey({ description, policy, tags }, signal) {
      const input = {
        Description: description,
        Policy: JSON.stringify(policy),
        Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      };
      const made = await call(signal, (options) =>
        createOnce(
          async () => (await careful.send(new CreateKeyCommand(input), options)).KeyMetadata?.KeyId ?? "",
          async () => (await port.keys(tags, signal))[0]?.id,
          session,
          signal,
        ),
      );
      session.fresh.add(made);
      return made;
    },

    async setAlias(alias, id, signal) {
      const input = { AliasName: alias, TargetKeyId: id };
      await call<unknown>(signal, async (options) => {
        try {
          return await client.send(new CreateAliasCommand(input), options);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "AlreadyExistsException") throw error;
          return client.send(new UpdateAliasCommand(input), options);
        }
      });
    },

    async setDescription(id, description, signal) {
      const input = { KeyId: id, Description: description };
      await call(signal, (options) => client.send(new UpdateKeyDescriptionCommand(input), options));
    },

    async setPolicy(id, policy, signal) {
      const input = { KeyId: id, PolicyName: "default", Policy: JSON.stringify(policy) };
      await call(signal, (options) => client.send(new PutKeyPolicyCommand(input), options));
    },

    async enableRotation(id, signal) {
      await call(signal, (options) => client.send(new EnableKeyRotationCommand({ KeyId: id }), options));
    },

    async enableKey(id, signal) {
      await call(signal, (options) => client.send(new EnableKeyCommand({ KeyId: id }), options));
    },

    async cancelDeletion(id, signal) {
      await call(signal, (options) => client.send(new CancelKeyDeletionCommand({ KeyId: id }), options));
    },

    async scheduleDeletion(id, days, signal) {
      const input = { KeyId: id, PendingWindowInDays: days };
      await call(signal, (options) => client.send(new ScheduleKeyDeletionCommand(input), options));
    },
  };
  return {
    port,
    close: () => {
      client.destroy();
      careful.destroy();
    },
  };
}
