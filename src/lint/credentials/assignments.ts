import type { Credential } from "./values.ts";
import { credentialIn } from "./values.ts";
import { passwordInAddress, secretForm } from "./forms.ts";

/** A credential in a text: a description, and the name that identifies it, if any; never the value. */
export interface FoundCredential {
  readonly what: string;
  readonly name?: string;
  /** A default that should be changed, such as `changeme`. */
  readonly isDefault?: true;
}

/** Returns the credential in a named value: by its form, as part of an address, or by its name. */
export function inValue(name: string, value: string, names: ReadonlySet<string>): FoundCredential[] {
  const whole = inForm(value);
  if (whole.length > 0) return whole;
  const found = credentialIn(name, value, names);
  return found === undefined ? inAssignments(value, names) : [named(found, name)];
}

/** Returns the credentials that a text contains, recognised by their form alone. */
export function inForm(text: string): FoundCredential[] {
  const what = secretForm(text) ?? (passwordInAddress(text) === undefined ? undefined : "a password in an address");
  return what === undefined ? [] : [{ what }];
}

/** A value ends at the end of the word, but placeholders may contain spaces: `${DB_PASSWORD}`, `<your key>`. */
const assignment =
  /(?:^|[\s;?&,"'{(]|-D|--?)([A-Za-z_][\w.-]{0,80}(?: (?:id|key|password))?)\s{0,3}=\s{0,3}("[^"]*"|'[^']*'|\$\([^)]*\)|`[^`]*`|(?:\$\{[^}]*\}|\{\{[^}]*\}\}|<[^<>=]*>|[^\s;&,"'})])+)/gi;

/**
 * Returns the credentials among `NAME=value` pairs in a command, connection string, query string or list of options.
 */
export function inAssignments(text: string, names: ReadonlySet<string>): FoundCredential[] {
  for (const [, name = "", given = ""] of text.matchAll(assignment)) {
    const value = unquoted(given);
    // `token = read(path)` is code.
    const found = value === given && /[([]/.test(value) ? undefined : credentialIn(name, value, names);
    if (found !== undefined) return [named(found, name)];
    // A quoted address or list of options: `JDBC_URL='jdbc:…?password=…'`.
    const [below] = value !== given && value.includes("=") ? inAssignments(value, names) : [];
    if (below !== undefined) return [below];
  }
  const inSql = /\b(?:PASSWORD|IDENTIFIED\s+(?:WITH\s+\S+\s+)?BY)\s+'([^']+)'/i.exec(text)?.[1];
  const sql = inSql === undefined ? undefined : credentialIn("password", inSql, names);
  return sql === undefined ? [] : [named(sql, "PASSWORD")];
}

export function named(found: Credential, name: string): FoundCredential {
  return found === "default"
    ? { what: "a default password that should be changed", name, isDefault: true }
    : { what: "a likely credential", name };
}

export function unquoted(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value.trim())?.[2] ?? value.trim();
}
