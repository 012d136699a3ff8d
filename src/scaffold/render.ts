import { Eta } from "eta/core";
import { stringify } from "yaml";
import { type Peer, peerOf, yamlScalar } from "./peer.ts";
import { packageOf } from "./python-package.ts";
import type { Template, TemplateFile } from "./template.ts";

export const answersFile = ".gennet/answers.yaml";

/** What a service is made from, beside its template. */
export interface Answers {
  readonly name: string;
  readonly domain: string;
  readonly owner: string;
  /** The regions of gennet.yaml that it runs in; empty where there is no gennet.yaml. */
  readonly regions: readonly string[];
  /** The services that it calls; absent where no template before asked. */
  readonly depends_on?: readonly string[];
  /** The services that call it. */
  readonly called_by?: readonly string[];
  /** What the template declares as features. */
  readonly features?: readonly string[];
  /** The platform's name; it and what Argo CD reads come from gennet.yaml, and are absent where that has none. */
  readonly platform?: string;
  readonly gitops_repository?: string;
  readonly gitops_branch?: string;
  /** The service's folder in that repository. */
  readonly gitops_path?: string;
}

/** A file may ask for an answer that there need not be: it is empty then. */
const optional = { platform: "", gitops_repository: "", gitops_branch: "", gitops_path: "" };

interface Data extends Record<string, unknown> {
  readonly name: string;
  readonly package: string;
  readonly regions: readonly string[];
  readonly dependency?: Peer;
  readonly region?: string;
}

export interface RenderedFile {
  /** Relative, with `/` between its segments. */
  readonly path: string;
  readonly content: string;
  readonly mode: 0o644 | 0o755;
  /** A first draft for the service to write on. */
  readonly once?: true;
}

/**
 * The files of a service: the same template and answers always give the same. Tags are `<% %>`, which mean nothing
 * to Jinja, Helm or GitHub. In paths, `__key__` is an answer, and `_name` is written `.name`: npm leaves some
 * dotfiles out of a package. A path with `__dependency__` (its name) or `__client__` (its module) is written once for
 * each dependency, which is `it.dependency` there; one with `__region__` once for each region, which is `it.region`.
 * Each feature of the template is a boolean: `it.redis`.
 */
export function render(template: Template, answers: Answers): readonly RenderedFile[] {
  const { depends_on = [], called_by = [], features: chosen = [] } = answers;
  const features = Object.fromEntries(Object.keys(template.features ?? {}).map((key) => [key, chosen.includes(key)]));
  const peers = { depends_on: depends_on.map(peerOf), called_by: called_by.map(peerOf) };
  const texts = { ...optional, ...answers };
  const given = { ...texts, ...peers, ...features, features: chosen };
  const data = { ...given, package: packageOf(answers.name), yaml: strict(scalars(texts)) };
  const conditions = Object.entries(template.conditions ?? {}).map(([place, keys]) => ({
    place,
    met: [keys].flat().some((key) => isGiven(key, given)),
  }));
  const eta = new Eta({ autoEscape: false, autoTrim: false, cache: false, useWith: false });
  const files = template.files
    .filter(({ path }) => conditions.every(({ place, met }) => met || !isWithin(path, place)))
    .flatMap((file) =>
      variantsOf(file, data, peers.depends_on).map((variant) => ({
        path: renderPath(file.path, variant),
        content: rendered(eta, file, strict(variant)),
        mode: file.executable ? (0o755 as const) : (0o644 as const),
        ...(template.once?.includes(file.path) === true && { once: true as const }),
      })),
    );
  const recorded = { path: answersFile, content: record(template, answers), mode: 0o644 as const };
  return [...files, recorded].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isGiven(key: string, among: Readonly<Record<string, boolean | string | readonly unknown[]>>): boolean {
  const found = among[key];
  if (found === undefined) throw new Error(`The template has a condition "${key}": neither an answer nor a feature.`);
  return typeof found === "boolean" ? found : found.length > 0;
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** What a file is rendered with: once, or once for each dependency or region. */
function variantsOf(file: TemplateFile, data: Data, dependencies: readonly Peer[]): readonly Data[] {
  if (/__(dependency|client)__/.test(file.path)) return dependencies.map((dependency) => ({ ...data, dependency }));
  if (file.path.includes("__region__")) return data.regions.map((region) => ({ ...data, region }));
  return [data];
}

function rendered(eta: Eta, file: Template["files"][number], data: object): string {
  // Every other file has no tag, and to compile one takes a quarter of a millisecond.
  if (!file.content.includes("<%")) return file.content;
  try {
    return eta.renderString(file.content, data);
  } catch (error) {
    throw new Error(`The template's file ${file.path} cannot be rendered.`, { cause: error });
  }
}

function renderPath(path: string, { name, package: module, dependency, region }: Data): string {
  const keys = { name, package: module, dependency: dependency?.name, client: dependency?.module, region };
  return path
    .split("/")
    .map((segment) => segment.replace(/^_(?=[a-z])/, "."))
    .map((segment) => segment.replace(/__(\w+?)__/g, (kept, key) => keys[key as keyof typeof keys] ?? kept))
    .join("/");
}

/** What the service was made from, so that it can follow its template later. */
function record(template: Template, answers: Answers): string {
  const note = "# Written by gennet: what this service was made from. Keep it under version control.\n";
  return note + stringify({ template: template.name, version: template.version, answers });
}

function scalars(answers: Answers): Record<string, string> {
  const texts = Object.entries(answers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts.map(([key, text]) => [key, yamlScalar(text)]));
}

/** A template that names an answer that was not given is wrong, and must not write "undefined". */
function strict<T extends Record<string, unknown>>(values: T): T {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === "string" && !(key in target)) throw new Error(`There is no answer "${key}".`);
      return Reflect.get(target, key) as unknown;
    },
  });
}
