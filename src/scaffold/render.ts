import { Eta } from "eta/core";
import { stringify } from "yaml";
import { packageOf } from "./python-package.ts";
import type { Template } from "./template.ts";

export const answersFile = ".gennet/answers.yaml";

/** What a service is made from, beside its template. */
export interface Answers {
  readonly name: string;
  readonly domain: string;
  readonly owner: string;
  /** The regions of gennet.yaml that it runs in; empty where there is no gennet.yaml. */
  readonly regions: readonly string[];
}

export interface RenderedFile {
  /** Relative, with `/` between its segments. */
  readonly path: string;
  readonly content: string;
  readonly mode: 0o644 | 0o755;
}

/**
 * The files of a service: the same template and answers always give the same. Tags are `<% %>`, which mean nothing
 * to Jinja, Helm or GitHub. In paths, `__key__` is an answer, and `_name` is written `.name`: npm leaves some
 * dotfiles out of a package.
 */
export function render(template: Template, answers: Answers): readonly RenderedFile[] {
  const data = strict({ ...answers, package: packageOf(answers.name), yaml: strict(scalars(answers)) });
  const eta = new Eta({ autoEscape: false, autoTrim: false, cache: false, useWith: false });
  const files = template.files.map((file) => ({
    path: renderPath(file.path, data),
    content: rendered(eta, file, data),
    mode: file.executable ? (0o755 as const) : (0o644 as const),
  }));
  const recorded = { path: answersFile, content: record(template, answers), mode: 0o644 as const };
  return [...files, recorded].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function rendered(eta: Eta, file: Template["files"][number], data: object): string {
  try {
    return eta.renderString(file.content, data);
  } catch (error) {
    throw new Error(`The template's file ${file.path} cannot be rendered.`, { cause: error });
  }
}

function renderPath(path: string, data: Readonly<Record<string, unknown>>): string {
  return path
    .split("/")
    .map((segment) => segment.replace(/^_(?=[a-z])/, "."))
    .map((segment) => segment.replace(/__(package|name)__/g, (_, key: string) => String(data[key])))
    .join("/");
}

/** What the service was made from, so that it can follow its template later. */
function record(template: Template, answers: Answers): string {
  const note = "# Written by gennet: what this service was made from. Keep it under version control.\n";
  return note + stringify({ template: template.name, version: template.version, answers });
}

/** Answers as YAML scalars: a service may be called `y` or an owner `123`, which YAML reads as something else. */
function scalars(answers: Answers): Record<string, string> {
  const texts = Object.entries(answers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts.map(([key, text]) => [key, stringify(text, { version: "1.1" }).trimEnd()]));
}

/** A template that names an answer nobody gave is wrong, and must not write "undefined". */
function strict<T extends Record<string, unknown>>(values: T): T {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === "string" && !(key in target)) throw new Error(`There is no answer "${key}".`);
      return Reflect.get(target, key) as unknown;
    },
  });
}
