import { type NameKind, nameKind, wordsOf } from "./names.ts";
import { isPlaceholder, isUnchangedDefault } from "./placeholders.ts";

/** The kind of a named value: a credential, or a default that should be changed. */
export type Credential = "credential" | "default";

/** Returns the kind of a value if its name refers to a secret value. `names` are the names of the tree's Secrets. */
export function credentialIn(name: string, value: string, names: ReadonlySet<string>): Credential | undefined {
  const kind = nameKind(name);
  // The user precedes the password: neo4j/PASSWORD.
  const plain = kind === "login" ? value.trim().replace(/^[\w.-]+[:/]/, "") : value.trim();
  if (kind === undefined || isPlaceholder(plain)) return undefined;
  if (isUnchangedDefault(plain)) return "default";
  if (isSetting(plain, kind) || isReference(plain)) return undefined;
  // `postgres` may be the name of a Secret, or a password.
  if (names.has(plain) && (kind !== "password" || /[-.]/.test(plain))) return undefined;
  if (kind === "login" && !isLogin(value.trim())) return undefined;
  if (kind !== "password" && (isHeader(plain) || isItsName(name, plain))) return undefined;
  if ((kind === "maybe" || isFieldName(name)) && isObjectName(plain)) return undefined;
  return "credential";
}

/** Switches, small numbers, durations, types, and words that are never used as passwords. */
function isSetting(value: string, kind: NameKind): boolean {
  if (
    /^(true|false|yes|no|on|off|enabled?|string|str|bytes|integer|object|boolean|array|number|text|include|omit|same-origin|basic|bearer|jwt|opaque)$/i.test(
      value,
    )
  )
    return true;
  const digits = kind === "password" ? 3 : 9;
  return new RegExp(String.raw`^-?\d{1,${digits}}(\.\d+)?(ms|[smhd])?$`).test(value);
}

/**
 * References to a value: a path, an address (its password is found separately), an ARN, a variable, a key in a store.
 */
function isReference(value: string): boolean {
  return (
    /^(\.{0,2}|~)\/|^[A-Za-z]:\\|^[a-z][a-z0-9+.-]*:\/\/|^(arn|urn|unix|tcp):/.test(value) ||
    /^[\w.-]*[a-z_-][\w.-]*(\/[a-z0-9_.-]*[a-z_-][a-z0-9_.-]*)+$/.test(value) ||
    /^\/?([a-z0-9_.-]+\/)+[a-z0-9_.-]+#[\w.-]+$/.test(value) ||
    /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(value) ||
    /\.(json|ya?ml|txt|pem|key|crt|cert|env|jks|p12|pfx|conf|properties|ini)$/i.test(value) ||
    /^(process\.env|os\.environ|self|this|System|env|config|settings|args|opts|options|params|ctx|req|request|secrets?|vars?|local|data|module|input|values?|spec|metadata|steps|inputs|github)[.[]/i.test(
      value,
    )
  );
}

/** `X-CSRF-Token`, `Authorization`. */
function isHeader(value: string): boolean {
  return (
    /^x-[a-z][a-z0-9]*(-[a-z0-9]+)*$|^authorization$|^cookie$/i.test(value) ||
    /^[A-Z][A-Za-z]*(-[A-Z][A-Za-z]*)+$/.test(value)
  );
}

function isItsName(name: string, value: string): boolean {
  return wordsOf(name).join("") === wordsOf(value).join("");
}

/** Unlike `SECRET_KEY`, `secretKey` and `accessKey` in a file are often keys of a Secret. */
function isFieldName(name: string): boolean {
  return /(^|[.[\]])[a-z]\w*Key$/.test(name);
}

/** A DNS name chosen by a person, such as `orders-db`, as opposed to `f3a91c07b2d84e55`. */
function isObjectName(value: string): boolean {
  return (
    /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(value) &&
    value.split(/[.-]/).every((part) => part.length < 16 || !/\d.*[a-z].*\d|[a-z].*\d.*[a-z]/.test(part))
  );
}

function isLogin(value: string): boolean {
  return /^[^\s:/]+[:/]\S+$/.test(value) || /^\S{6,}$/.test(value);
}
