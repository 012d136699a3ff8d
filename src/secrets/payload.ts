import { isMap, isPair, parseDocument } from "yaml";
import { SecretValue } from "../core/secret-value.ts";

/** A secret's text, and its values where it is a JSON object. */
export interface Payload {
  readonly text: SecretValue;
  readonly fields?: ReadonlyMap<string, SecretValue>;
}

export function readPayload(text: SecretValue): Payload {
  const object = jsonObject(text.reveal());
  if (object === undefined) return { text };
  return { text, fields: new Map(Object.entries(object).map(([key, value]) => [key, asText(value)])) };
}

/** The text with another value under one key. Everything else in it stays as it is, to the last digit and space. */
export function withField(payload: Payload, key: string, value: SecretValue): SecretValue {
  const text = payload.text.reveal();
  const root = parseDocument(text).contents;
  const pair = isMap(root) ? root.items.find((each) => isPair(each) && String(each.key) === key) : undefined;
  const range = (pair?.value as { range?: readonly [number, number, number] } | null | undefined)?.range;
  if (range === undefined) throw new Error("the secret has no such key");
  return new SecretValue(text.slice(0, range[0]) + JSON.stringify(value.reveal()) + text.slice(range[1]));
}

/** The keys whose values differ; undefined where the text as a whole is one value, or its keys are others. */
export function changedKeys(before: Payload, after: Payload): readonly string[] | undefined {
  if (before.fields === undefined || after.fields === undefined) return undefined;
  const keys = [...before.fields.keys()];
  if (keys.length !== after.fields.size || keys.some((key) => after.fields?.has(key) !== true)) return undefined;
  return keys.filter((key) => before.fields?.get(key)?.reveal() !== after.fields?.get(key)?.reveal());
}

/** What External Secrets makes of a `property`: the key of that name, else a path with dots. */
export function propertyOf(payload: Payload, path: string): SecretValue | undefined {
  const direct = payload.fields?.get(path);
  if (direct !== undefined) return direct;
  const found = path
    .split(".")
    .reduce<unknown>(
      (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      jsonObject(payload.text.reveal()),
    );
  return found === undefined ? undefined : asText(found);
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function asText(value: unknown): SecretValue {
  return new SecretValue(typeof value === "string" ? value : JSON.stringify(value));
}
