/** Replaces a secret. */
export const redactedMark = "[redacted]";

/** Names of variables and keys whose values may be secret. */
const sensitive = /pass|pwd|secret|token|cred|key|auth|psk|cookie|private|dsn|conn(ection)?.?str|(^|_)(url|uri)$/i;
/** A password or token in a URL or a header, anywhere in a text. */
const inText = /(:\/\/[^\s:/@"'<>]{0,200}:)[^\s/@"']+(@)|(\b(?:Bearer|Basic)\s{1,40})\S+/gi;
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
/** Keys of secrets and credentials in what AWS returns: Secrets Manager, STS, IAM, SSO, Cognito, ECR, KMS, EC2. */
const alwaysSecret: ReadonlySet<string> = new Set([
  "SecretString",
  "SecretBinary",
  "SecretAccessKey",
  "secretAccessKey",
  "SessionToken",
  "sessionToken",
  "SecretKey",
  "authorizationToken",
  "Plaintext",
  "RandomPassword",
  "PasswordData",
]);

/**
 * Returns a copy without what may be secret: the values of Secrets and of the stores of AWS, of variables and keys whose
 * names suggest it, copies of manifests that kubectl stores, and passwords in URLs. Names and structure are kept,
 * because checks read them.
 */
export function redacted<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown, isOfSecrets = false): unknown {
  if (typeof value === "string") return value.replace(inText, `$1$3${redactedMark}$2`);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, copy(each)]));
  if (value instanceof Set) return new Set([...value].map((each) => copy(each)));
  if (Array.isArray(value)) return value.map((each) => copy(each, isOfSecrets));
  if ("toJSON" in value && typeof value.toJSON === "function") return value;
  const fields = value as Readonly<Record<string, unknown>>;
  // The API leaves out the kind of what is in a list of one kind.
  const isSecret = isOfSecrets || (fields["kind"] === "Secret" && "metadata" in fields);
  const { name, value: given } = fields;
  const isCredential = fields["kind"] === "ExecCredential";
  const isSecure = fields["Type"] === "SecureString";
  const isVariable = typeof name === "string" && typeof given === "string";
  return Object.fromEntries(
    Object.entries(fields).map(([key, each]) => {
      if (isSecret && (key === "data" || key === "stringData")) return [key, allHidden(each)];
      if (alwaysSecret.has(key) || (isSecure && key === "Value")) return [key, redactedMark];
      if (isCredential && key === "status") return [key, allHidden(each)];
      if (key === lastApplied) return [key, redactedMark];
      if (isVariable && key === "value" && sensitive.test(name)) return [key, redactedMark];
      return [key, copy(each, key === "items" && fields["kind"] === "SecretList")];
    }),
  );
}

function allHidden(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return redactedMark;
  return Object.fromEntries(Object.keys(value).map((key) => [key, redactedMark]));
}
