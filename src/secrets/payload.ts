import { SecretValue } from "../core/secret-value.ts";
import { type JsonText, readJson } from "./model/json-text.ts";

/** A version's value, and its content if it is JSON. */
export interface Payload {
  readonly text: SecretValue;
  /** Whether it is stored as binary rather than as text. */
  readonly binary: boolean;
  /** Absent if it is not valid JSON. */
  readonly json?: JsonText;
}

export function readPayload(text: SecretValue, binary = false): Payload {
  const json = text.isText ? readJson(text.reveal()) : undefined;
  return { text, binary, ...(json && { json }) };
}

/** Returns the keys of a JSON object, each once; undefined for any other value. */
export function keysOf({ json }: Payload): readonly string[] | undefined {
  return json?.is === "object" ? [...new Set(json.entries.map(({ key }) => key))] : undefined;
}

/** Returns why a key's value cannot be replaced by another text; undefined if it can. */
export function keyProblem({ json }: Payload, key: string): string | undefined {
  const entries = json?.is === "object" ? json.entries.filter((each) => each.key === key) : [];
  const [entry, ...more] = entries;
  if (entry === undefined) return "it does not exist";
  if (more.length > 0) return "it occurs more than once";
  const { value } = entry;
  return value.is === "string" ? undefined : `its value is ${article[value.is]}, not a string`;
}

const article = { object: "an object", array: "a list", number: "a number", boolean: "true or false", null: "null" };

/**
 * Returns the text with another value under one key. Everything else stays exactly as it is, including digits and
 * spaces.
 */
export function withField({ text, json }: Payload, key: string, value: SecretValue): SecretValue {
  const entry = json?.is === "object" ? json.entries.find((each) => each.key === key) : undefined;
  if (entry === undefined) throw new Error("the secret has no such key");
  const whole = text.reveal();
  const rest = whole.slice(entry.at + entry.value.raw.length);
  return new SecretValue(whole.slice(0, entry.at) + JSON.stringify(value.reveal()) + rest);
}
