import { randomUUID } from "node:crypto";
import { AppError } from "../../../core/error.ts";
import { SecretValue } from "../../../core/secret-value.ts";
import type { RegionWorld } from "../../world.ts";

type SecretObject = Readonly<Record<string, unknown>>;

interface CurrentJson {
  readonly versionId: string;
  readonly object: SecretObject;
}

/** The label of a version that is about to become the current one. */
const stage = "GENNET-EDIT";
/** Of several writers at one time, one succeeds with each attempt. */
const attempts = 10;

/**
 * Returns the current JSON of a secret. Throws REGION_NOT_MANAGED if it is no JSON object with a password, or with
 * `auth: iam` in place of one.
 */
export async function readSecretJson(world: RegionWorld, name: string, signal: AbortSignal): Promise<SecretObject> {
  return (await currentJson(world, name, signal)).object;
}

async function currentJson(world: RegionWorld, name: string, signal: AbortSignal): Promise<CurrentJson> {
  const version = await (await world.aws.service("secrets")).version(name, { stage: "AWSCURRENT" }, signal);
  const object = version && parsed(version.value);
  if (version !== undefined && object !== undefined && isLogin(object)) return { versionId: version.id, object };
  throw new AppError("REGION_NOT_MANAGED", `The secret ${name} is no JSON object with a password.`, {
    next: [`Store the login of the data store in ${name}, as JSON with username and password.`],
  });
}

/** Returns the password in a secret's JSON, as a value that no text shows. */
export async function readPassword(world: RegionWorld, name: string, signal: AbortSignal): Promise<SecretValue> {
  return new SecretValue(String((await readSecretJson(world, name, signal))["password"]));
}

/**
 * Changes some keys of a secret's JSON, and keeps what others change at the same time: runs of other regions write their
 * own keys, and a rotation the password. AWSCURRENT moves only from the version that was read, and Secrets Manager
 * refuses that if it is at another one.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export async function changeSecretJson(
  world: RegionWorld,
  name: string,
  changes: SecretObject,
  signal: AbortSignal,
): Promise<void> {
  const secrets = await world.aws.service("secrets");
  for (let attempt = 1; ; attempt++) {
    const { versionId: from, object } = await currentJson(world, name, signal);
    const to = randomUUID();
    await secrets.put(name, { id: to, stage }, new SecretValue(JSON.stringify({ ...object, ...changes })), signal);
    try {
      await secrets.moveStage(name, "AWSCURRENT", { from, to }, signal);
      return await secrets.moveStage(name, stage, { from: to }, signal);
    } catch (error) {
      signal.throwIfAborted();
      const isRefused = error instanceof AppError && error.code === "AWS_REJECTED";
      const isChanged = isRefused && (await currentJson(world, name, signal)).versionId !== from;
      if (!isChanged || attempt === attempts) throw error;
    }
  }
}

function isLogin({ password, auth }: SecretObject): boolean {
  return typeof password === "string" || auth === "iam";
}

function parsed(value: SecretValue): SecretObject | undefined {
  try {
    const object: unknown = JSON.parse(value.reveal());
    return typeof object === "object" && object !== null ? (object as SecretObject) : undefined;
  } catch {
    // The error of the parser quotes the text.
    return undefined;
  }
}
