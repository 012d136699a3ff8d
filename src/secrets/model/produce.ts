import type { Untold } from "./keys.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { Decoding, RemoteRef, RemoteSource } from "../../k8s/external-secrets/remote-source.ts";
import type { ExternalSecret } from "../../k8s/external-secrets/port.ts";
import type { Payload } from "../payload.ts";
import { decodeBase64 } from "./go-base64.ts";
import { getPath, textOf } from "./gjson.ts";
import { readJson } from "./json-text.ts";
import { renamed } from "./keys.ts";

/** What External Secrets makes of a version of the secret in a Kubernetes Secret. */
export interface Production {
  /** Keys of the Kubernetes Secret, with the value that each has. */
  readonly exact: ReadonlyMap<string, SecretValue>;
  /** Values that come out somewhere, in their own form. */
  readonly loose: readonly SecretValue[];
  /** What is between a loose value and the Kubernetes Secret: `a template`. */
  readonly by?: string;
}

export type Produced = Production | Untold;

type Values = ReadonlyMap<string, SecretValue>;

/**
 * What an ExternalSecret makes of `payload`. `own` are those of its sources that read the secret.
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
      // Another secret's value takes the key over.
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

/** As GetSecret of External Secrets' provider. */
function valueOf({ text, json }: Payload, { property }: RemoteRef): Value | Untold {
  if (property === undefined) return { value: text };
  if (json === undefined) {
    // Without a brace, gjson finds nothing; with one, it reads what is no JSON in its own way.
    const bare = text.isText && !/[[{]/.test(text.reveal());
    return bare ? missing(property) : untold(`it reads the property ${property} of what is not JSON`);
  }
  // A key that has dots in its name comes first.
  for (const path of property.includes(".") ? [property.replaceAll(".", "\\."), property] : [property]) {
    const found = getPath(json, path);
    if ("beyond" in found) return untold(`gennet cannot follow the property ${property}`);
    if (found.value === undefined) continue;
    const value = textOf(found.value);
    return isUnicode(value) ? { value: new SecretValue(value) } : untold(`the property ${property} is no Unicode`);
  }
  return missing(property);
}

/** As GetSecretMap: numbers, objects and lists as they are written. */
function propertiesOf(payload: Payload, ref: RemoteRef): Values | Untold {
  const whole = valueOf(payload, ref);
  if ("untold" in whole) return whole;
  const json = whole.value.isText ? readJson(whole.value.reveal()) : undefined;
  if (json?.is === "null") return new Map();
  if (json?.is !== "object") return { untold: "it extracts the properties of what is no JSON object", refused: true };
  const values = new Map<string, SecretValue>();
  for (const { key, value } of json.entries) {
    const text = value.is === "string" ? value.text : value.is === "null" ? "" : value.raw;
    if (!isUnicode(key) || !isUnicode(text)) return untold("one of its keys or values is no Unicode");
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

/** Half a surrogate pair is none: Go and gjson make different things of it. */
function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function missing(property: string): Untold {
  return { untold: `it has no property ${property}`, refused: true };
}

function untold(why: string): Untold {
  return { untold: why, refused: false };
}
