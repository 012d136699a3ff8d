import { createHash } from "node:crypto";
import { Eta } from "eta/core";
import { stringify } from "yaml";
import { ownCluster } from "../core/argocd-names.ts";
import { type Entity, entityOf, firstEntity } from "./entity.ts";
import { type Peer, peerOf, yamlScalar } from "./peer.ts";
import { packageOf } from "./python-package.ts";
import { chained, importing, laidOut, sorted } from "./python-layout.ts";
import type { Template, TemplateFile } from "./template.ts";

export const answersFile = ".gennet/answers.yaml";
/** The folder for the kit's wheel in a service. */
export const vendorFolder = "vendor";

/** What a service is made from, in addition to its template. */
export interface Answers {
  readonly name: string;
  readonly domain: string;
  readonly owner: string;
  /** The regions of gennet.yaml that it runs in; empty without a gennet.yaml. */
  readonly regions: readonly string[];
  /** The services that it calls; undefined for templates that do not ask for them. */
  readonly depends_on?: readonly string[];
  /** The services that call it. */
  readonly called_by?: readonly string[];
  /** Features declared by the template. */
  readonly features?: readonly string[];
  /** The entity of its sample: a noun, followed by a colon and its plural if the plural is irregular. */
  readonly entity?: string;
  /** The version of the template that the service was made with; undefined before 1.0.0. */
  readonly made_with?: string;
  /**
   * The features that the sample includes; undefined if it includes all of them. Features added after the sample was
   * replaced are not in it.
   */
  readonly sample?: readonly string[];
  /** The name of the platform. It comes from gennet.yaml, like the GitOps repository; undefined if missing there. */
  readonly platform?: string;
  readonly gitops_repository?: string;
  readonly gitops_branch?: string;
  /** The service's folder in that repository. */
  readonly gitops_path?: string;
  /** What Argo CD calls the clusters of its regions; of a region that is missing here, the cluster that Argo CD runs in. */
  readonly destinations?: Readonly<Record<string, string>>;
  /** Where images are pushed, without the name of the service. */
  readonly image_registry?: string;
  /** The Istio revision of the service's namespace. */
  readonly istio_revision?: string;
  /** The Python package index that provides the service kit, in uv's format: `acme=https://acme.example/simple/`. */
  readonly package_index?: string;
}

/** A file may use an optional answer; without an answer it is empty. */
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
  readonly destinations: Readonly<Record<string, string>>;
  readonly dependency?: Peer;
  readonly region?: string;
  readonly server?: string;
}

export interface RenderedFile {
  /** Relative, with `/` between its segments. */
  readonly path: string;
  readonly content: string;
  readonly mode: 0o644 | 0o755;
  /** A first draft that the service's owners edit. */
  readonly once?: true;
}

/** A file of a new service: rendered text, or bytes. */
export interface NewFile extends Omit<RenderedFile, "content"> {
  readonly content: string | Uint8Array;
}

/**
 * Renders the files of a service; the same template and answers always produce the same files. Tags are `<% %>`, which
 * Jinja, Helm and GitHub ignore. In paths, `__key__` is an answer, and `_name` stands for `.name`, because npm omits
 * some dotfiles from packages. A path with `__dependency__` (its name) or `__client__` (its module) is written once for
 * each dependency, available as `it.dependency`; a path with `__region__` once for each region, available as
 * `it.region`; `it.server` is what Argo CD calls its cluster, quoted for YAML. Each feature of the template is a
 * boolean such as `it.redis`; `it.sample.redis` is true if the sample includes it. `it.older` is true
 * if the service was made before 1.0.0; its migrations must stay. `it.sha256(PATH)` is the hash of another file of the
 * template. `it.entity` is the entity of the sample; its `__module__` and `__modules__` may be used in paths.
 */
export function render(template: Template, answers: Answers): readonly RenderedFile[] {
  const { depends_on = [], called_by = [], features: chosen = [] } = answers;
  const among = (list: readonly string[]): Readonly<Record<string, boolean>> =>
    Object.fromEntries(Object.keys(template.features ?? {}).map((key) => [key, list.includes(key)]));
  const features = among(chosen);
  const sample = strict(among(answers.sample ?? chosen));
  const peers = { depends_on: depends_on.map(peerOf), called_by: called_by.map(peerOf) };
  const { destinations = {}, ...texts } = { ...optional, ...answers };
  const given = { ...texts, ...peers, ...features, features: chosen };
  const data = {
    ...given,
    package: packageOf(answers.name),
    yaml: strict(scalars(texts)),
    entity: entityOf(answers.entity ?? firstEntity),
    destinations,
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
  if (found === undefined)
    throw new Error(`The template has a condition "${key}", which is neither an answer nor a feature.`);
  return typeof found === "boolean" ? found : found.length > 0;
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** Returns the data for a file's rendering: once, or once for each dependency or region. */
function variantsOf(file: TemplateFile, data: Data, dependencies: readonly Peer[]): readonly Data[] {
  if (/__(dependency|client)__/.test(file.path)) return dependencies.map((dependency) => ({ ...data, dependency }));
  if (file.path.includes("__region__")) {
    const serverOf = (region: string): string => yamlScalar(data.destinations[region] ?? ownCluster.server);
    return data.regions.map((region) => ({ ...data, region, server: serverOf(region) }));
  }
  return [data];
}

function rendered(eta: Eta, file: Template["files"][number], data: object): string {
  // Half of the files have no tags, and compiling one takes a quarter of a millisecond.
  if (!file.content.includes("<%")) return file.content;
  try {
    return eta.renderString(file.content, data);
  } catch (error) {
    throw new Error(`Cannot render the template's file ${file.path}.`, { cause: error });
  }
}

/**
 * Returns the path of a template's file in a service; undefined for files that are written once per dependency or
 * region.
 */
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

/** Records what the service was made from, so that it can follow its template later. */
function record(template: Template, answers: Answers): string {
  const note = "# Written by gennet: what this service was made from. Keep it under version control.\n";
  return note + stringify({ template: template.name, version: template.version, answers });
}

function scalars(answers: Answers): Record<string, string> {
  const texts = Object.entries(answers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts.map(([key, text]) => [key, yamlScalar(text)]));
}

/** A template that uses a missing answer is wrong, and must not write "undefined". */
function strict<T extends Record<string, unknown>>(values: T): T {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key === "string" && !(key in target)) throw new Error(`The answer "${key}" is missing.`);
      return Reflect.get(target, key) as unknown;
    },
  });
}

/** Parses the name and URL of an index in the format `NAME=URL`. */
function indexOf(answer: string | undefined): { readonly name: string; readonly url: string } | undefined {
  const [, name, url] = /^([^=]+)=(.+)$/s.exec(answer ?? "") ?? [];
  return name === undefined || url === undefined ? undefined : { name, url };
}
