import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetRandomPasswordCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SecretValue } from "../../core/secret-value.ts";
import type { Calls } from "../calls.ts";
import { toTags } from "../tags.ts";
import type { SecretLifecycle } from "./port.ts";

/**
 * Returns the calls that create, change and delete secrets. The SDK gives each create call its own token, so that a retry
 * of a call whose response was lost returns the first one's result.
 */
export function lifecycleCalls(client: SecretsManagerClient, { call, find }: Calls): SecretLifecycle {
  const inRegions = (awsRegions: readonly string[]): { Region: string }[] => awsRegions.map((Region) => ({ Region }));
  return {
    async randomPassword(length, signal) {
      const input = { PasswordLength: length, ExcludePunctuation: true };
      const answer = await call(signal, (options) => client.send(new GetRandomPasswordCommand(input), options));
      if (answer.RandomPassword === undefined) throw new Error("Secrets Manager returned no password");
      return new SecretValue(answer.RandomPassword);
    },

    async create({ name, description, value, tags, replicas }, signal) {
      const command = new CreateSecretCommand({
        Name: name,
        Description: description,
        SecretString: value.reveal(),
        Tags: toTags(tags),
        ...(replicas.length === 0 ? {} : { AddReplicaRegions: inRegions(replicas) }),
      });
      await call(signal, (options) => client.send(command, options));
    },

    async put(id, version, value, signal) {
      const command = new PutSecretValueCommand({
        SecretId: id,
        ClientRequestToken: version.id,
        SecretString: value.reveal(),
        VersionStages: [version.stage],
      });
      await call(signal, (options) => client.send(command, options));
    },

    async replicate(id, awsRegions, signal) {
      const input = { SecretId: id, AddReplicaRegions: inRegions(awsRegions) };
      await call(signal, (options) => client.send(new ReplicateSecretToRegionsCommand(input), options));
    },

    async removeReplicas(id, awsRegions, signal) {
      const input = { SecretId: id, RemoveReplicaRegions: [...awsRegions] };
      await call(signal, (options) => client.send(new RemoveRegionsFromReplicationCommand(input), options));
    },

    async delete(id, days, signal) {
      const input = { SecretId: id, RecoveryWindowInDays: days };
      await find(signal, (options) => client.send(new DeleteSecretCommand(input), options));
    },

    async restore(id, signal) {
      await call(signal, (options) => client.send(new RestoreSecretCommand({ SecretId: id }), options));
    },
  };
}
