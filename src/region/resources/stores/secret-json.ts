import { AppError } from "../../../core/error.ts";
import { SecretValue } from "../../../core/secret-value.ts";
import type { RegionWorld } from "../../world.ts";

type SecretObject = Readonly<Record<string, unknown>>;

/** Returns the current JSON of a secret. Throws REGION_NOT_MANAGED if it is no JSON object with a password. */
export async function readSecretJson(world: RegionWorld, name: string, signal: AbortSignal): Promise<SecretObject> {
  const version = await (await world.aws.service("secrets")).version(name, { stage: "AWSCURRENT" }, signal);
  const object = version && parsed(version.value);
  if (typeof object?.["password"] === "string") return object;
  throw new AppError("REGION_NOT_MANAGED", `The secret ${name} is no JSON object with a password.`, {
    next: [`Store the login of the data store in ${name}, as JSON with username and password.`],
  });
}

/** Returns the password in a secret's JSON, as a value that no text shows. */
export async function readPassword(world: RegionWorld, name: string, signal: AbortSignal): Promise<SecretValue> {
  return new SecretValue(String((await readSecretJson(world, name, signal))["password"]));
}

/** Stores a secret's JSON with some keys changed. */
export async function changeSecretJson(
  world: RegionWorld,
  name: string,
  changes: SecretObject,
  signal: AbortSignal,
): Promise<void> {
  const object = await readSecretJson(world, name, signal);
  const value = new SecretValue(JSON.stringify({ ...object, ...changes }));
  await (await world.aws.service("secrets")).put(name, value, signal);
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
