import { type Arbitrary, boolean, constantFrom, record } from "fast-check";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import type { ReaderParts } from "./reader-region.ts";

/** The secret of the generated readers. */
export const secretName = "acme/orders/db";

type Data = Record<string, Buffer>;

/** A secret's text that contains a value, and the result of each way to read it, by External Secrets' own rules. */
interface Shape {
  readonly text: (value: string) => string;
  /** The key that is rotated. */
  readonly key?: string;
  readonly property?: string;
  readonly extracted?: (value: string) => Readonly<Record<string, string>>;
}

const quoted = (value: string): string => JSON.stringify(value);
const account = '{\n    "type": "service"\n  }';
const users = '[{"name":"a","password":"fixed"}]';
const shapes = {
  plain: { text: (value) => value },
  flat: {
    text: (value) => `{"user":"orders","password":${quoted(value)}}`,
    key: "password",
    property: "password",
    extracted: (password) => ({ user: "orders", password }),
  },
  pretty: {
    text: (value) => `{\n  "password": ${quoted(value)},\n  "account": ${account}\n}\n`,
    key: "password",
    property: "password",
    extracted: (password) => ({ password, account }),
  },
  numbers: {
    text: (value) => `{"tenant": 12345678901234567890, "one": 1.0, "k": 1e3, "password": ${quoted(value)}}`,
    key: "password",
    property: "password",
    extracted: (password) => ({ tenant: "12345678901234567890", one: "1.0", k: "1e3", password }),
  },
  slash: {
    text: (value) => `{"smtp/password":${quoted(value)},"none":null}`,
    key: "smtp/password",
    property: "smtp/password",
    extracted: (value) => ({ smtp_password: value, none: "" }),
  },
  dots: {
    text: (value) => `{"db":{"password":"inner"},"db.password":${quoted(value)}}`,
    key: "db.password",
    property: "db.password",
    extracted: (value) => ({ db: '{"password":"inner"}', "db.password": value }),
  },
  list: {
    text: (value) => `{"users":${users},"password":${quoted(value)}}`,
    key: "password",
    property: "password",
    extracted: (password) => ({ users, password }),
  },
} as const satisfies Record<string, Shape>;

const decodings = ["None", "Auto", "Base64", "Base64URL"] as const;
const templates = ["none", "plain", "uri", "base64", "hash", "merge"] as const;
/** Template functions from sprig. */
const functions = { plain: "", uri: " | urlquery", base64: " | b64enc", hash: " | len" } as const;

export interface Combination {
  readonly shape: keyof typeof shapes;
  readonly source: "property" | "whole" | "extract" | "find" | "unfollowed";
  readonly reference: "name" | "prefix" | "partial ARN" | "whole ARN";
  readonly sourceRef: boolean;
  readonly decoding: (typeof decodings)[number];
  /** The new value is Base64 if the old one is. */
  readonly fitting: boolean;
  readonly template: (typeof templates)[number];
  readonly consumer: "variable" | "variables" | "shadowed" | "files" | "file";
  readonly shell: boolean;
  readonly fault: "none" | "none " | "none  " | "stale" | "overwritten";
}

export const combinations: Arbitrary<Combination> = record({
  shape: constantFrom(...(Object.keys(shapes) as (keyof typeof shapes)[])),
  source: constantFrom("property", "whole", "extract", "find", "unfollowed"),
  reference: constantFrom("name", "prefix", "partial ARN", "whole ARN"),
  sourceRef: boolean(),
  decoding: constantFrom(...decodings),
  fitting: boolean(),
  template: constantFrom(...templates),
  consumer: constantFrom("variable", "variables", "shadowed", "files", "file"),
  shell: boolean(),
  fault: constantFrom("none", "none ", "none  ", "stale", "overwritten"),
});

const usual: Combination = {
  shape: "flat",
  source: "property",
  reference: "name",
  sourceRef: false,
  decoding: "None",
  fitting: true,
  template: "none",
  consumer: "variable",
  shell: true,
  fault: "none",
};

export interface Arranged extends ReaderParts {
  /** Returns the result of a rotation without failures on the way. */
  readonly expected: "done" | "refused";
  readonly text: (value: string) => string;
  readonly key: string | undefined;
  readonly old: string;
  readonly next: string;
}

/** Twelve combinations, each with something that no other has. */
export const telling: readonly Combination[] = [
  {},
  { reference: "prefix", consumer: "files" },
  { reference: "partial ARN", shape: "dots" },
  { sourceRef: true, shape: "slash", source: "extract", consumer: "files" },
  { source: "find", shape: "plain", consumer: "file" },
  { source: "extract", shape: "pretty", consumer: "variables" },
  { source: "extract", shape: "numbers", consumer: "files" },
  { source: "whole", shape: "list", consumer: "shadowed" },
  { decoding: "Base64", shape: "plain", consumer: "files" },
  { decoding: "Auto", consumer: "variable" },
  { template: "uri" },
  { source: "unfollowed" },
].map((each) => ({ ...usual, ...(each as Partial<Combination>) }));

/** The manifests of a combination, and their effect, both derived from the same choice. */
export function arrange(choice: Combination, awsRegion: string, arn = arnIn(awsRegion)): Arranged {
  const shape: Shape = shapes[choice.shape];
  const extract = choice.source === "extract" && shape.extracted !== undefined;
  const find = choice.source === "find";
  const property = choice.source === "property" || choice.source === "unfollowed" ? shape.property : undefined;
  const unfollowed = choice.source === "unfollowed" && shape.property !== undefined;
  // Of an extract, or a whole JSON text, only the text itself could be Base64.
  const decodes = (property !== undefined || (shape.property === undefined && !extract)) && choice.decoding !== "None";
  const decoding = decodes ? choice.decoding : "None";
  const encode = (value: string): string => {
    if (decoding !== "Base64" && decoding !== "Base64URL") return value;
    const base64 = Buffer.from(value).toString("base64");
    return decoding === "Base64" ? base64 : base64.replaceAll("+", "-").replaceAll("/", "_");
  };
  const old = encode('old"plus+/=value&456789!');
  const plain = 'next"plus+/=value&abcdef!';
  const next = choice.fitting ? encode(plain) : decoding === "Auto" ? "abcdefghijkl" : plain;

  const decode = (value: string): Buffer => {
    const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value);
    const isUrl = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/.test(value);
    if (decoding === "Auto") return isBase64 || isUrl ? Buffer.from(value, "base64url") : Buffer.from(value);
    if (decoding === "None") return Buffer.from(value);
    if (decoding === "Base64" ? !isBase64 : !isUrl) throw new Error("illegal base64 data");
    return Buffer.from(value, "base64url");
  };
  const valueIn = (text: string): string => {
    if (shape.key === undefined) return text;
    return String((JSON.parse(text) as Record<string, unknown>)[shape.key]);
  };
  const made = (text: string): Data => {
    if (find) return { found: decode(text) };
    if (!extract) return { value: decode(property === undefined ? text : valueIn(text)) };
    const entries = Object.entries(shape.extracted?.(valueIn(text)) ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value)]));
  };
  const main = find ? "found" : extract ? convertedKey(shape.key ?? "") : "value";
  const make = (text: string): Data => templated(made(text), main, choice.template);
  const target = choice.template === "none" || choice.template === "merge" ? main : "made";

  const { store, ref, key } = stored(choice, find, awsRegion, arn);
  const remoteRef = {
    key,
    decodingStrategy: decoding,
    ...(property && { property: unfollowed ? `${property.slice(0, -1)}*` : property }),
  };
  const of = choice.sourceRef ? { sourceRef: { storeRef: ref } } : {};
  const rewrite = [{ regexp: { source: "^acme/orders/(.).*$", target: "found" } }];
  const spec = {
    refreshInterval: "1h",
    ...(choice.sourceRef ? {} : { secretStoreRef: ref }),
    ...(find
      ? { dataFrom: [{ find: { name: { regexp: "^acme/orders/db$" }, decodingStrategy: decoding }, rewrite, ...of }] }
      : extract
        ? { dataFrom: [{ extract: remoteRef, ...of }] }
        : { data: [{ secretKey: "value", remoteRef, ...of }] }),
    ...(choice.template === "none" ? {} : { target: { template: templateOf(choice.template, main) } }),
  };
  const metadata = { name: "db", namespace: "shop" };
  const { deployment, give } = consumerOf(choice.consumer, target);
  return {
    ...shape,
    key: shape.key,
    expected: unfollowed || (decoding !== "None" && !choice.fitting) || choice.template === "hash" ? "refused" : "done",
    old,
    next,
    store,
    external: { apiVersion, kind: "ExternalSecret", metadata, spec },
    deployment,
    make,
    give,
    shell: choice.shell,
    stale: choice.fault === "stale",
    overwritten: choice.fault === "overwritten",
  };
}

const apiVersion = "external-secrets.io/v1";

function convertedKey(key: string): string {
  return key.replaceAll("/", "_");
}

function arnIn(awsRegion: string): string {
  return `arn:aws:secretsmanager:${awsRegion}:111122223333:secret:${secretName}-AbCdEf`;
}

function stored({ reference }: Combination, find: boolean, awsRegion: string, arn: string) {
  const prefixed = reference === "prefix" && !find;
  const kind = prefixed ? "SecretStore" : "ClusterSecretStore";
  const aws = { service: "SecretsManager", region: awsRegion, ...(prefixed && { prefix: "acme/orders/" }) };
  const metadata = { name: "aws", ...(prefixed && { namespace: "shop" }) };
  const keys = { name: secretName, prefix: "db", "partial ARN": arn.slice(0, -7), "whole ARN": arn };
  const store: KubeObject = { apiVersion, kind, metadata, spec: { provider: { aws } } };
  return { store, ref: { kind, name: "aws" }, key: keys[reference] };
}

function templateOf(template: keyof typeof functions | "merge", main: string): object {
  if (template === "merge") return { mergePolicy: "Merge", data: { made: "fixed" } };
  return { data: { made: `x://{{ index . "${main}"${functions[template]} }}@db` } };
}

function templated(data: Data, main: string, template: Combination["template"]): Data {
  const value = data[main] ?? Buffer.alloc(0);
  if (template === "none") return data;
  if (template === "merge") return { ...data, made: Buffer.from("fixed") };
  const forms = {
    plain: value.toString("utf8"),
    uri: encodeURIComponent(value.toString("utf8")),
    base64: value.toString("base64"),
    hash: String(value.length),
  };
  return { made: Buffer.from(`x://${forms[template]}@db`) };
}

function consumerOf(consumer: Combination["consumer"], key: string) {
  const from = { secretKeyRef: { name: "db", key } };
  const all = { envFrom: [{ prefix: "APP_", secretRef: { name: "db" } }] };
  const mount = { name: "s", mountPath: "/etc/s" };
  const containers = {
    variable: { env: [{ name: "VALUE", valueFrom: from }] },
    variables: all,
    shadowed: {
      ...all,
      env: [
        { name: `APP_${key}`, value: "fixed" },
        { name: "VALUE", valueFrom: from },
      ],
    },
    files: { volumeMounts: [mount] },
    file: { volumeMounts: [{ ...mount, mountPath: "/etc/one", subPath: key }] },
  } as const;
  const one = (data: Data): Buffer => data[key] ?? Buffer.alloc(0);
  const each = (data: Data, before: string): Data =>
    Object.fromEntries(Object.entries(data).map(([name, value]) => [before + name, value]));
  const gives = {
    variable: (data: Data): Data => ({ "v:VALUE": one(data) }),
    variables: (data: Data): Data => each(data, "v:APP_"),
    shadowed: (data: Data): Data => ({
      ...each(data, "v:APP_"),
      [`v:APP_${key}`]: Buffer.from("fixed"),
      "v:VALUE": one(data),
    }),
    files: (data: Data): Data => each(data, "f:/etc/s/"),
    file: (data: Data): Data => ({ "f:/etc/one": one(data) }),
  };
  const spec = {
    containers: [{ name: "app", ...containers[consumer] }],
    volumes: [{ name: "s", secret: { secretName: "db" } }],
  };
  const deployment: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "orders", namespace: "shop" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "orders" } },
      template: { metadata: { labels: { app: "orders" } }, spec },
    },
  };
  return { deployment, give: gives[consumer] };
}
