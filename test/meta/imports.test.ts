import { describe, expect, it } from "vitest";
import { nonEmpty } from "../support/non-empty.ts";
import { type Import, importsOf, type Source, sourceFolders, sourcesIn } from "../support/sources.ts";

/**
 * Imports point one way: main → program → commands → features → core. A layer may import what is listed here; of
 * `types`, only what the compiler erases.
 */
interface Layer {
  readonly uses: readonly string[];
  readonly types?: readonly string[];
}

const ports = ["k8s", "aws", "git", "kustomize"];
const port: Layer = { uses: ["core", "istio"], types: ["platform", "host", ...ports] };
const feature: Layer = { uses: ["core", "istio"], types: ["platform", "host", ...ports] };

const layers: Readonly<Record<string, Layer>> = {
  core: { uses: [] },
  // Istio's semantics of its objects: pure, and the same for a tree's objects and a cluster's.
  istio: { uses: ["core"] },
  host: { uses: ["core"] },
  view: { uses: ["core"], types: ["host"] },
  k8s: port,
  aws: port,
  git: port,
  kustomize: port,
  platform: feature,
  catalog: feature,
  scaffold: feature,
  region: feature,
  health: feature,
  gitops: feature,
  probe: feature,
  doctor: feature,
  lint: feature,
  secrets: feature,
  runbooks: feature,
  sandbox: feature,
  // Declarations are loaded at every start.
  "command declaration": { uses: ["core", "command declaration"], types: ["context"] },
  "command run": {
    uses: [
      "core",
      "command run",
      "context",
      "host",
      "view",
      "platform",
      "catalog",
      "scaffold",
      "region",
      "health",
      "gitops",
      "probe",
      "doctor",
      "lint",
      "secrets",
      "runbooks",
      "sandbox",
      ...ports,
    ],
    types: ["command declaration"],
  },
  // The only builder of adapters.
  context: { uses: ["core", "platform", "host", ...ports] },
  program: { uses: ["core", "view"], types: ["host"] },
  // The names of all commands, as data: help loads no declaration.
  "help-tree": { uses: ["command declaration"], types: ["view"] },
  perform: { uses: ["context", "core", "view"], types: ["program", "host"] },
  main: {
    uses: ["program", "perform", "help-tree", "command declaration", "core", "view"],
    types: ["context", "host"],
  },
  gennet: { uses: ["main", "host"] },
  launch: { uses: ["core", "host"] },
};

const sources = sourceFolders
  .flatMap((folder) => sourcesIn(folder, ".ts"))
  .filter((source) => !source.path.endsWith(".test.ts"));

describe("imports point one way", () => {
  it.each(sources.map((source) => [source.path, source] as const))("%s", (_path, source) => {
    expect(importsOf(source).flatMap((each) => objection(source, each))).toEqual([]);
  });
});

describe("files that import each other", () => {
  it("Imports form no cycle, not even with types and lazy imports", () => {
    const paths = new Set(sources.map(({ path }) => path));
    const targets = (source: Source): string[] =>
      importsOf(source).flatMap(({ target }) => (paths.has(target) ? [target] : []));
    const next = new Map(sources.map((source) => [source.path, targets(source)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) return void cycles.push([...way.slice(way.indexOf(path)), path].join(" → "));
      if (done.has(path)) return;
      for (const target of next.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    };
    for (const { path } of sources) visit(path, []);
    expect(next.size).toBeGreaterThan(500);
    expect(cycles).toEqual([]);
  });
});

describe("libraries are imported only where allowed", () => {
  const owners: Readonly<Record<string, RegExp>> = {
    commander: /^src\/program\.ts$/,
    listr2: /^src\/view\//,
    "@inquirer/prompts": /^src\/host\//,
    "@kubernetes/client-node": /^src\/k8s\//,
    "@aws-sdk/": /^src\/aws\//,
    chalk: /^src\/view\//,
  };
  it.each(Object.entries(owners))("%s", (library, owner) => {
    const users = sources.filter((source) => importsOf(source).some((each) => each.target.startsWith(library)));
    expect(
      nonEmpty(users)
        .map((source) => source.path)
        .filter((path) => !owner.test(path)),
    ).toEqual([]);
  });
});

function objection(source: Source, { target, typeOnly, lazy }: Import): string[] {
  if (!sourceFolders.some((folder) => target.startsWith(`${folder}/`))) return [];
  const from = layerOf(source.path);
  const to = layerOf(target);
  const layer = layers[from];
  if (layer === undefined) return [`${source.path} is in no layer listed here`];
  if (from === to || layer.uses.includes(to) || (typeOnly && layer.types?.includes(to) === true)) return [];
  // The list of commands names the module of each, and loads it lazily.
  if (source.path === "src/commands/index.ts" && to === "command run" && lazy) return [];
  // `gennet complete` reads the groups as data.
  if (from === "command run" && to === "command declaration" && lazy) return [];
  return [`${from} must not use ${typeOnly ? "even types of " : ""}${to} (${target})`];
}

function layerOf(path: string): string {
  if (path.startsWith("sandbox/src/")) return "sandbox";
  const [, folder = "", file] = path.split("/");
  if (folder === "commands") return path.endsWith(".run.ts") ? "command run" : "command declaration";
  return file === undefined ? folder.replace(/\.ts$/, "") : folder;
}
