import { parseAllDocuments } from "yaml";
import { isFields } from "../fields.ts";
import { type FoundCredential, inAssignments, inForm, inValue, unquoted } from "./assignments.ts";
import { nameKind } from "./names.ts";

/** Beyond this length, YAML is only read line by line, because credentials are short. */
const longest = 200_000;
/** File types in which text after a name is code, unless it is a literal. */
const code = /\.(py|js|mjs|ts|lua|go|rb|java|groovy|php|pl|sql|html?|tmpl|tpl|gotmpl|ps1|css|md|txt)$/i;
/** Prose files, which may contain settings anyway: `LDAP_ADMIN_PASSWORD: admin`. */
const prose = /\.(md|txt)$/i;
const variable = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
const worthwhile = /pass|pwd|secret|token|cred|key|auth|psk|cookie|pw\b|:\/\/|PRIVATE|Bearer|Basic|@/i;

/** Returns the credentials in a file inside a ConfigMap or a chart's values. `file` is the file's name there. */
export function inConfigText(file: string, content: string, names: ReadonlySet<string>): FoundCredential[] {
  if (!worthwhile.test(content)) return [];
  const text = withoutComments(content);
  const whole = inForm(text);
  if (whole.length > 0) return whole;
  const parsed = parse(file, text);
  if (parsed !== undefined) return inData(parsed, names);
  return text.split(/\r?\n/).flatMap((line) => inLine(line, file, names));
}

/**
 * Returns the credentials in plain data, by the names of its fields or, in a list of name-value pairs, by the names in
 * it.
 */
export function inData(data: unknown, names: ReadonlySet<string>, name = ""): FoundCredential[] {
  if (typeof data === "string") {
    return /\n|^\s*[[{]/.test(data.trim()) ? inConfigText(name, data, names) : inProse(name, data, names);
  }
  if (typeof data === "number") return inValue(name, String(data), names);
  if (Array.isArray(data)) return data.flatMap((each) => inData(each, names, name));
  if (!isFields(data)) return [];
  const own = data["name"] ?? data["key"];
  return Object.entries(data).flatMap(([key, value]) => {
    if (key !== "value") return inData(value, names, key);
    return inData(value, names, typeof own === "string" ? own : name);
  });
}

/** A value of several words is a sentence about a password, not the password. */
function inProse(name: string, value: string, names: ReadonlySet<string>): FoundCredential[] {
  return /\S\s+\S/.test(value.trim()) && nameKind(name) !== undefined ? inForm(value) : inValue(name, value, names);
}

function parse(file: string, text: string): unknown {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed) as unknown;
    } catch {
      // It may be YAML, or an INI file that begins with a section.
    }
  }
  const isYaml = /\.ya?ml$/i.test(file) || (!file.includes(".") && /^[\w"'-][\w."'/-]*:(\s|$)/m.test(trimmed));
  if (!isYaml || text.length > longest) return undefined;
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "silent" });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  try {
    const values = documents.map((document): unknown => document.toJS({ maxAliasCount: 1000 }));
    return values.some((value) => typeof value === "object" && value !== null) ? values : undefined;
  } catch {
    return undefined;
  }
}

const property =
  /^\s*(?:- +|export\s+|set\s+|ENV\s+)?["']?([\w.[\]/-]+)["']?\s*(?:=>|:=|=|:(?=\s|"|'))\s*(.+?)\s*[,;]?\s*$/;
const directive = /^\s*([A-Za-z][\w-]*)\s+("[^"]*"|'[^']*'|\S+)\s*;?\s*$/;
const element = /<([\w.:-]+)>([^<>]+)<\/\1>/;

function inLine(line: string, file: string, names: ReadonlySet<string>): FoundCredential[] {
  const isDirective = /\.(conf|cnf|cfg)$/i.test(file);
  const [, name, given] =
    property.exec(line) ?? element.exec(line) ?? (isDirective ? directive.exec(line) : null) ?? [];
  if (name === undefined || given === undefined) return inAssignments(line, names);
  const value = unquoted(given.replace(/\s+#.*$/, ""));
  const isLiteral = /^["'].*["']$/s.test(given.trim());
  const isCode = code.test(file) && !(prose.test(file) && variable.test(name));
  const isExpression = !isLiteral && (isCode || /[()[\]{}<>|$`]|\S\s+\S|^[|>&*!]/.test(value));
  return isExpression ? inAssignments(line, names) : inProse(name, value, names);
}

function withoutComments(content: string): string {
  return content
    .split("\n")
    .filter((line) => !/^\s*(#|;|\/\/|--\s|!|<!--)/.test(line))
    .join("\n");
}
