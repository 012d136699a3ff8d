import { createHash } from "node:crypto";
import { Eta } from "eta/core";
import { stringify } from "yaml";
import { type Entity, entityOf, firstEntity } from "./entity.ts";
import { type Peer, peerOf, yamlScalar } from "./peer.ts";
import { packageOf } from "./python-package.ts";
import { chained, importing, laidOut, sorted } from "./python-layout.ts";
import type { Template, TemplateFile } from "./template.ts";

export const answersFile = ".gennet/answers.yaml";
/** Where a service has the wheel of its kit. */
export const vendorFolder = "vendor";

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
  /** What its sample is about: a noun, with its plural behind a colon where that is not a usual one. */
  readonly entity?: string;
  /** The template's version that the service was made with; absent where that is older than 1.0.0. */
  readonly made_with?: string;
  /** The features that the sample is rendered with; absent where those are all: none came after it was replaced. */
  readonly sample?: readonly string[];
  /** The platform's name; it and what Argo CD reads come from gennet.yaml, and are absent where that has none. */
  readonly platform?: string;
  readonly gitops_repository?: string;
  readonly gitops_branch?: string;
  /** The service's folder in that repository. */
  readonly gitops_path?: string;
  /** Where images are pushed, without the service's name. */
  readonly image_registry?: string;
  /** The revision of Istio that the service's namespace follows. */
  readonly istio_revision?: string;
  /** The index of Python packages that has the service kit, as uv writes it: `acme=https://acme.example/simple/`. */
  readonly package_index?: string;
}

/** A file may ask for an answer that there need not be: it is empty then. */
const optional = {
  platform: "",
  gitops_repository: "",
  gitops_branch: "",
  gitops_path: "",
  image_registry: "",
  istio_revision: "",
};

interface Data extends Record<string, unknown> {
  readonly name: string;
  readonly package: string;
  readonly entity: Entity;
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

/** A file of a new service: what is rendered, or bytes. */
export interface NewFile extends Omit<RenderedFile, "content"> {
  readonly content: string | Uint8Array;
}

/**
 * The files of a service: the same template and answers always give the same. Tags are `<% %>`, which mean nothing
 * to Jinja, Helm or GitHub. In paths, `__key__` is an answer, and `_name` is written `.name`: npm leaves some
 * dotfiles out of a package. A path with `__dependency__` (its name) or `__client__` (its module) is written once for
 * each dependency, which is `it.dependency` there; one with `__region__` once for each region, which is `it.region`.
 * Each feature of the template is a boolean: `it.redis`, and `it.sample.redis` is whether the sample is made for it.
 * `it.older` is whether the service was made before 1.0.0, whose migrations must stay. `it.sha256(PATH)` is the hash of
 * another file of the template. `it.entity` is what the sample is about; its `__module__` and `__modules__` may be in paths.
 */
export function render(template: Template, answers: Answers): readonly RenderedFile[] {
  const { depends_on = [], called_by = [], features: chosen = [] } = answers;
  const among = (list: readonly string[]): Readonly<Record<string, boolean>> =>
    Object.fromEntries(Object.keys(template.features ?? {}).map((key) => [key, list.includes(key)]));
  const features = among(chosen);
  const sample = strict(among(answers.sample ?? chosen));
  const peers = { depends_on: depends_on.map(peerOf), called_by: called_by.map(peerOf) };
  const texts = { ...optional, ...answers };
  const given = { ...texts, ...peers, ...features, features: chosen };
  const data = {
    ...given,
    package: packageOf(answers.name),
    yaml: strict(scalars(texts)),
    entity: entityOf(answers.entity ?? firstEntity),
    sample,
    older: answers.made_with === undefined,
    kit: { version: template.kit?.version ?? "", file: template.kit?.file ?? "" },
    package_index: indexOf(answers.package_index),
    python: { chained, importing, laidOut, sorted },
  };
  const known = { ...given, older: data.older, newer: !data.older };
  const conditions = Object.entries(template.conditions ?? {}).map(([place, keys]) => ({
    place,
    met: [keys].flat().some((key) => key.split(" and ").every((each) => isGiven(each, known, sample))),
  }));
  const eta = new Eta({ autoEscape: false, autoTrim: false, cache: false, useWith: false });
  const sha256 = (path: string): string => {
    const file = template.files.find((each) => each.path === path);
    if (file === undefined) throw new Error(`The template has no file ${path}.`);
    return createHash("sha256")
      .update(rendered(eta, file, strict(data)))
      .digest("hex");
  };
  const files = template.files
    .filter(({ path }) => conditions.every(({ place, met }) => met || !isWithin(path, place)))
    .flatMap((file) =>
      variantsOf(file, { ...data, sha256 }, peers.depends_on).map((variant) => ({
        path: renderPath(file.path, variant),
        content: rendered(eta, file, strict(variant)),
        mode: file.executable ? (0o755 as const) : (0o644 as const),
        ...(template.once?.includes(file.path) === true && { once: true as const }),
      })),
    );
  const recorded = { path: answersFile, content: record(template, answers), mode: 0o644 as const };
  return [...files, recorded].sort((a, b) => (a.path < b.path ? -1 : 1));
}

type Given = Readonly<Record<string, boolean | string | readonly unknown[]>>;

function isGiven(key: string, among: Given, sample: Given): boolean {
  const [, ofSample] = /^sample\.(.+)$/.exec(key) ?? [];
  const found = ofSample === undefined ? among[key] : ofSample in sample ? sample[ofSample] : undefined;
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

/** Where a file of the template is in a service; what is written once for each dependency or region is nowhere. */
export function pathIn(path: string, answers: Answers): string {
  const entity = entityOf(answers.entity ?? firstEntity);
  return renderPath(path, { name: answers.name, package: packageOf(answers.name), entity });
}

type Named = Pick<Data, "name" | "package" | "entity" | "dependency" | "region">;

function renderPath(path: string, { name, package: module, entity, dependency, region }: Named): string {
  const peer = { dependency: dependency?.name, client: dependency?.module };
  const keys = { name, package: module, module: entity.module, modules: entity.modules, ...peer, region };
  return path
    .split("/")
    .map((segment) => segment.replace(/^_(?=[a-z])/, "."))
    .map((segment) => segment.replace(/__([a-z]+)__/g, (kept, key) => keys[key as keyof typeof keys] ?? kept))
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

/** The name and address of an index that is written as `NAME=URL`. */
function indexOf(answer: string | undefined): { readonly name: string; readonly url: string } | undefined {
  const [, name, url] = /^([^=]+)=(.+)$/s.exec(answer ?? "") ?? [];
  return name === undefined || url === undefined ? undefined : { name, url };
}
