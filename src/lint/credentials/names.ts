/**
 * How certain it is that a name refers to a secret value. `password` and `client_secret` are certain; `tls_secret` is
 * usually the name of a Secret.
 */
export type NameKind = "password" | "secret" | "maybe" | "login";

/** Words that may follow the deciding word: which of several values, or its encoding. */
const qualifiers = new Set(
  "value val base base64 b64 plain plaintext raw text txt string str data primary secondary old new current previous prev default dev test staging stage prod production live a b".split(
    " ",
  ),
);
const passwords =
  /^(\w*(password|passwd|passphrase|passcode)s?|pwd|pw|psk|pass|dbpw|(db|user|root|admin|my|smtp|mail|default|redis|mysql|pg|postgres|mongo|mongodb|ldap|bind|keystore|truststore|store|require|requirepass|master|sql|sudo|rabbitmq|http|mqtt|jdbc|sasl)pass|requirepass|masterauth)$/;
const secrets =
  /^\w*(clientsecret|secretkey|apikey|apitoken|authtoken|accesstoken|refreshtoken|bearertoken|privatekey|signingkey|encryptionkey|accesskey|jwtsecret|appsecret|apisecret|sharedsecret|authkey|masterkey|accountkey)s?$/;
/** `KEY` alone may be any key. After one of these words, it is a credential. */
const keys = new Set(
  "api secret access private signing sign encryption encrypt master auth shared account storage jwt hmac license licence preshared fernet subscription session cookie crypto cipher app application ssh rsa deploy host service admin integration ingest functions decryption des aes webhook cookies instrumentation".split(
    " ",
  ),
);
const secretsOf = new Set(
  "client app application jwt session cookie webhook signing shared oauth oauth2 oidc consumer api access hmac encryption user auth nextauth hook refresh turn csrf jws state token rails sso cluster internal my our super hash recaptcha captcha bot the".split(
    " ",
  ),
);
/** Words before `token` that make it something else: paging, parsers, language models. */
const harmlessTokens = new Set(
  "page next continue continuation cancel pagination csrf xsrf stop eos bos sep cls mask pad unk max min special start end first last prompt completion input output total header forgery delimiter".split(
    " ",
  ),
);
const harmlessPasses = new Set(
  "proxy fastcgi uwsgi scgi grpc memcached first second single multi boarding render".split(" "),
);
const logins = new Set("neo4j rediscli redis valkey basic http registry curl proxy docker flower".split(" "));

/**
 * Returns whether a name refers to a secret value, judging by its last words. `TOKEN_TTL` and `passwordFile` do not.
 */
export function nameKind(name: string): NameKind | undefined {
  const words = wordsOf(name);
  while (words.length > 1 && (qualifiers.has(words.at(-1) ?? "") || /^\d+$/.test(words.at(-1) ?? ""))) words.pop();
  const [before = "", last = ""] = [words.at(-2), words.at(-1)];
  if (passwords.test(last)) return last === "pass" && harmlessPasses.has(before) ? undefined : "password";
  if (secrets.test(last)) return "secret";
  if (last === "key") return keys.has(before) ? "secret" : undefined;
  if (/^\w*secrets?$/.test(last)) return secretsOf.has(before) ? "secret" : "maybe";
  if (/^\w*token$/.test(last)) return harmlessTokens.has(before) ? undefined : "secret";
  if (/^(credentials?|creds|tokens|apikeys)$/.test(last)) return "maybe";
  if (last === "keys") return keys.has(before) ? "secret" : undefined;
  if (last === "cookie") return before === "erlang" ? "secret" : undefined;
  return last === "auth" && logins.has(before) ? "login" : undefined;
}

/**
 * Normalises a name: the last word of `dbPassword`, `DB_PASSWORD`, `spring.datasource.password` and `db-password` is
 * the same, in lower case.
 */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z])([A-Z])|(\d)([A-Z][a-z])/g, "$1$3 $2$4")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .replaceAll(/([a-z])(\d+)$/gi, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}
