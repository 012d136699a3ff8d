import type { Untold } from "./keys.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { Decoding, RemoteRef, RemoteSource } from "../../k8s/external-secrets/remote-source.ts";
import type { ExternalSecret } from "../../k8s/external-secrets/port.ts";
import type { Payload } from "../payload.ts";
import { decodeBase64 } from "./go-base64.ts";
import { getPath, textOf } from "./gjson.ts";
import { readJson } from "./json-text.ts";
import { renamed } from "./keys.ts";

/** What External Secrets writes to a Kubernetes Secret for a version of the secret. */
export interface Production {
  /** The keys of the Kubernetes Secret, with the value of each. */
  readonly exact: ReadonlyMap<string, SecretValue>;
  /** Values that appear somewhere in the Secret, in a form that is not known. */
  readonly loose: readonly SecretValue[];
  /** What transforms the loose values: `a template`. */
  readonly by?: string;
}

export type Produced = Production | Untold;

type Values = ReadonlyMap<string, SecretValue>;

/**
 * Returns what an ExternalSecret writes for `payload`. `own` are those of its sources that read the secret.
 * https://github.com/external-secrets/external-secrets/blob/v0.20.4/pkg/controllers/externalsecret/externalsecret_controller_secret.go
 */
export async function produce(
  { sources, template }: Pick<ExternalSecret, "sources" | "template">,
  own: ReadonlySet<RemoteSource>,
  payload: Payload,
  name: string,
): Promise<Produced> {
  const exact = new Map<string, SecretValue>();
  const loose: SecretValue[] = [];
  let by: string | undefined;
  for (const source of sources) {
    if (!own.has(source)) {
      // The value of another secret replaces the key.
      if (source.as === "key") exact.delete(source.secretKey);
      continue;
    }
    const made = await valuesOf(source, payload, name);
    if ("untold" in made) return made;
    if (made.by === undefined) for (const [key, value] of made.values) exact.set(key, value);
    else {
      loose.push(...made.values.values());
      by = made.by;
    }
  }
  if (template === undefined) return { exact, loose, ...(by && { by }) };
  if (!template.merged) return { exact: new Map(), loose: [...exact.values(), ...loose], by: "a template" };
  for (const key of template.keys) exact.delete(key);
  return { exact, loose, ...(by && { by }) };
}

async function valuesOf(
  source: RemoteSource,
  payload: Payload,
  name: string,
): Promise<{ readonly values: Values; readonly by?: string } | Untold> {
  if (source.as === "generator") return { values: new Map() };
  if (source.as === "key") {
    const value = valueOf(payload, source.ref);
    if ("untold" in value) return value;
    const decoded = decode(value.value, source.ref.decoding);
    return "untold" in decoded ? decoded : { values: new Map([[source.secretKey, decoded.value]]) };
  }
  const all = source.as === "find" ? new Map([[name, payload.text]]) : propertiesOf(payload, source.ref);
  if ("untold" in all) return all;
  const made = await renamed(all, source);
  if ("untold" in made) return made;
  const values = new Map<string, SecretValue>();
  for (const [key, value] of made.values) {
    const decoded = decode(value, source.as === "find" ? source.decoding : source.ref.decoding);
    if ("untold" in decoded) return decoded;
    values.set(key, decoded.value);
  }
  return { values, ...(made.by && { by: made.by }) };
}

type Value = { readonly value: SecretValue };

/** Does the same as GetSecret of External Secrets' provider. */
function valueOf({ text, json }: Payload, { property }: RemoteRef): Value | Untold {
  if (property === undefined) return { value: text };
  if (json === undefined) {
    // Without a brace, gjson finds nothing; with one, it interprets invalid JSON in its own way.
    const bare = text.isText && !/[[{]/.test(text.reveal());
    return bare ? missing(property) : untold(`it reads the property ${property} of what is not JSON`);
  }
  // A key with dots in its name has precedence.
  for (const path of property.includes(".") ? [property.replaceAll(".", "\\."), property] : [property]) {
    const found = getPath(json, path);
    if ("beyond" in found) return untold(`gennet cannot follow the property ${property}`);
    if (found.value === undefined) continue;
    const value = textOf(found.value);
    return isUnicode(value)
      ? { value: new SecretValue(value) }
      : untold(`the property ${property} is not valid Unicode`);
  }
  return missing(property);
}

/** Does the same as GetSecretMap: numbers, objects and lists keep their original text. */
function propertiesOf(payload: Payload, ref: RemoteRef): Values | Untold {
  const whole = valueOf(payload, ref);
  if ("untold" in whole) return whole;
  const json = whole.value.isText ? readJson(whole.value.reveal()) : undefined;
  if (json?.is === "null") return new Map();
  if (json?.is !== "object")
    return { untold: "it extracts properties, but the value is not a JSON object", refused: true };
  const values = new Map<string, SecretValue>();
  for (const { key, value } of json.entries) {
    const text = value.is === "string" ? value.text : value.is === "null" ? "" : value.raw;
    if (!isUnicode(key) || !isUnicode(text)) return untold("one of its keys or values is not valid Unicode");
    values.set(key, new SecretValue(text));
  }
  return values;
}

function decode(value: SecretValue, strategy: Decoding): Value | Untold {
  if (strategy === "None") return { value };
  const bytes = value.revealBytes();
  const decoded =
    strategy === "Auto"
      ? (decodeBase64(bytes, "Base64") ?? decodeBase64(bytes, "Base64URL") ?? bytes)
      : decodeBase64(bytes, strategy);
  if (decoded !== undefined) return { value: new SecretValue(decoded) };
  return { untold: `decodingStrategy ${strategy} cannot decode it`, refused: true };
}

/** Half a surrogate pair is not valid: Go and gjson interpret it differently. */
function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function missing(property: string): Untold {
  return { untold: `it has no property ${property}`, refused: true };
}

function untold(why: string): Untold {
  return { untold: why, refused: false };
}
