import { randomUUID } from "node:crypto";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AwsCalls } from "../../src/aws/port.ts";
import { SecretValue } from "../../src/core/secret-value.ts";

const name = "acme/orders/postgres";

/** Creates a secret with a replica, and makes the calls of a rotation. The variables of the AWS must be set. */
export async function rotateSecret(
  aws: AwsCalls<"secrets", "list" | "describe" | "version" | "putPending" | "moveStage">,
  awsRegion: string,
  signal: AbortSignal,
): Promise<void> {
  const client = new SecretsManagerClient({ region: awsRegion });
  const AddReplicaRegions = [{ Region: "us-east-1" }];
  const Tags = [{ Key: "team", Value: "orders" }];
  await client.send(new CreateSecretCommand({ Name: name, SecretString: "{}", AddReplicaRegions, Tags }));
  client.destroy();
  const secrets = await aws.service("secrets");
  const pending = randomUUID();
  await secrets.putPending(name, pending, new SecretValue("{}"), signal);
  const current = await secrets.version(name, { stage: "AWSCURRENT" }, signal);
  if (current === undefined) throw new Error(`${name} has no value`);
  await secrets.moveStage(name, "AWSCURRENT", { from: current.id, to: pending }, signal);
  const description = await secrets.describe(name, signal);
  const listed: unknown[] = [];
  for await (const page of secrets.list(signal)) listed.push(...page);
  // What callers read of the answers.
  JSON.stringify([description, listed]);
}
