import type { Credential } from "./values.ts";
import { credentialIn } from "./values.ts";
import { passwordInAddress, secretForm } from "./forms.ts";

/** A credential in a text: what it is, for people, and the name that gives it away where one does; never the value. */
export interface FoundCredential {
  readonly what: string;
  readonly name?: string;
  /** It asks to be changed. */
  readonly isDefault?: true;
}

/** Returns what a value under a name holds, by its form, as an address, or by its name. */
export function inValue(name: string, value: string, names: ReadonlySet<string>): FoundCredential[] {
  const whole = inForm(value);
  if (whole.length > 0) return whole;
  const found = credentialIn(name, value, names);
  return found === undefined ? inAssignments(value, names) : [named(found, name)];
}

/** Returns what a text holds that is secret wherever it is. */
export function inForm(text: string): FoundCredential[] {
  const what = secretForm(text) ?? (passwordInAddress(text) === undefined ? undefined : "a password in an address");
  return what === undefined ? [] : [{ what }];
}

/** A value ends where a word does, but not inside of a placeholder: `${DB_PASSWORD}`, `<your key>`. */
const assignment =
  /(?:^|[\s;?&,"'{(]|-D|--?)([A-Za-z_][\w.-]{0,80}(?: (?:id|key|password))?)\s{0,3}=\s{0,3}("[^"]*"|'[^']*'|\$\([^)]*\)|`[^`]*`|(?:\$\{[^}]*\}|\{\{[^}]*\}\}|<[^<>=]*>|[^\s;&,"'})])+)/gi;

/** Returns what is secret among `NAME=value` in a command, a connection string, an address's query or a list of options. */
export function inAssignments(text: string, names: ReadonlySet<string>): FoundCredential[] {
  for (const [, name = "", given = ""] of text.matchAll(assignment)) {
    const value = unquoted(given);
    // `token = read(path)` is code.
    const found = value === given && /[([]/.test(value) ? undefined : credentialIn(name, value, names);
    if (found !== undefined) return [named(found, name)];
    // An address or a list of options in quotes: `JDBC_URL='jdbc:…?password=…'`.
    const [below] = value !== given && value.includes("=") ? inAssignments(value, names) : [];
    if (below !== undefined) return [below];
  }
  const inSql = /\b(?:PASSWORD|IDENTIFIED\s+(?:WITH\s+\S+\s+)?BY)\s+'([^']+)'/i.exec(text)?.[1];
  const sql = inSql === undefined ? undefined : credentialIn("password", inSql, names);
  return sql === undefined ? [] : [named(sql, "PASSWORD")];
}

export function named(found: Credential, name: string): FoundCredential {
  return found === "default"
    ? { what: "a password that asks to be changed", name, isDefault: true }
    : { what: "what looks like a credential", name };
}

export function unquoted(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value.trim())?.[2] ?? value.trim();
}
