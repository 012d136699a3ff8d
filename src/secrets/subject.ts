import { shell } from "../core/shell-words.ts";
import { AppError } from "../core/error.ts";
import type { SecretDescription } from "../aws/secrets/port.ts";
import { SecretValue } from "../core/secret-value.ts";
import { labelled } from "./labels.ts";
import { keyProblem, keysOf, type Payload, readPayload, withField } from "./payload.ts";
import type { ProbedValues } from "./reader-obstacles.ts";
import type { RotationFacts } from "./rotation.ts";
import type { RotationWorld } from "./world.ts";

/** A stand-in that no real value equals and no decodingStrategy changes: its length is not a multiple of four. */
const placeholder = new SecretValue("gennet-asks-what-a-new-value-would-change");

/** What a run changes; `target` is the version that it moves to, if that exists already. */
export async function subjectOf(
  { kind, key }: Pick<RotationFacts, "kind" | "key">,
  description: SecretDescription,
  current: Payload,
  target: Payload | undefined,
  world: RotationWorld,
  signal: AbortSignal,
): Promise<ProbedValues> {
  const id = labelled(description, "AWSPREVIOUS");
  const previous = id === undefined ? undefined : await world.payload(id, signal);
  if (kind === "rollback" && target !== undefined) return { current, previous, probe: target };
  assertKey(world.secret, current, key);
  return { current, previous, probe: withValue(current, key, placeholder) };
}

/** Returns the value with a part replaced: under a key, or as a whole. */
export function withValue(current: Payload, key: string | undefined, value: SecretValue): Payload {
  return readPayload(key === undefined ? value : withField(current, key, value));
}

/**
 * Checks the key: a JSON object is rotated one key at a time, and the key's value must be a string. Throws
 * SECRET_KEY_NEEDED.
 */
function assertKey(secret: string, current: Payload, key: string | undefined): void {
  const known = keysOf(current);
  if (known === undefined) {
    if (key === undefined) return;
    throw new AppError("SECRET_KEY_NEEDED", `${secret} is not a JSON object, so it has no keys.`, {
      next: ["Omit --key."],
    });
  }
  const problem = key === undefined ? undefined : keyProblem(current, key);
  if (key !== undefined && problem === undefined) return;
  const rotatable = known.filter((each) => keyProblem(current, each) === undefined);
  const of = `${secret} is a JSON object with the keys ${known.join(", ")}`;
  const message = key !== undefined && known.includes(key) ? `--key ${key} of ${secret}: ${problem}` : of;
  throw new AppError("SECRET_KEY_NEEDED", `${message}.`, { next: rotatable.map((each) => shell`Pass --key ${each}.`) });
}
