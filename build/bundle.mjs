import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const inPlace = new Set(await readdir("build/lighter"));

/** Modules whose exports are plain data when the bundle runs, by the name of what each exports. */
const evaluatedData = new Map();
for (const [file, name, unused] of [
  // To explain something, no check has to be loaded.
  ["src/commands/explain/explained.run.ts", "explained"],
  // To name the runbook of a finding, no parser.
  ["src/runbooks/shipped-entries.ts", "shippedEntries"],
  // To list the commands, neither their declarations nor what they do.
  ["src/help-tree.ts", "helpTree", /\.run\.ts$/],
]) {
  const module = await evaluated(file, unused);
  evaluatedData.set(resolve(file), `export const ${name} = ${JSON.stringify(module[name])};`);
}

/** Bundles src/ into dist/: one small entry, and a chunk for everything that is imported lazily. */
const chunks = await bundle(
  {
    input: { gennet: "src/gennet.ts" },
    platform: "node",
    plugins: [
      { name: "lighter", resolveId: lighter },
      { name: "data", load: (id) => evaluatedData.get(id) ?? null },
    ],
    // Node's own entry of some packages is CommonJS, from which unused code cannot be removed.
    resolve: { mainFields: ["module", "main"], alias: { yaml: resolve("node_modules/yaml/browser/dist/index.js") } },
    transform: { target: "node20.19", define: { "process.env.NODE_ENV": '"production"' } },
    // For example a missing package. Optional packages, which others try to load and work without, give no message.
    onLog: (_level, log) => {
      throw new Error(`${log.code}: ${log.message}`);
    },
  },
  {
    dir: "dist",
    // Node loads CommonJS faster than modules.
    format: "cjs",
    dynamicImportInCjs: false,
    strict: true,
    // Names stay: errors are told by those of their classes.
    minify: { compress: true, mangle: false },
    comments: false,
    chunkFileNames: "chunks/[name]-[hash].js",
  },
);
await bundle(
  {
    input: "src/launch.ts",
    platform: "node",
    // The names of all chunks in the entry have their hashes.
    transform: {
      target: "node20.19",
      define: { GENNET_BUILD: JSON.stringify(hashOf(await readFile("dist/gennet.js"))) },
    },
  },
  { file: "dist/launch.js", format: "cjs", minify: { compress: true, mangle: false }, comments: false },
);
await writeFile("dist/package.json", '{ "type": "commonjs" }\n');
await writeFile("dist/meta.json", JSON.stringify(chunks.map(described)));
const templates = await packTemplates();

// Chunks of earlier builds stay for an hour: a gennet that is running meanwhile loads its own lazily.
const made = new Set([
  ...chunks.map(({ fileName }) => fileName),
  "launch.js",
  "package.json",
  "meta.json",
  ...templates,
]);
const spared = process.argv.includes("--clean") ? Number.POSITIVE_INFINITY : Date.now() - 3_600_000;
for (const entry of await readdir("dist", { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !made.has(relative("dist", path)) && (await stat(path)).mtimeMs < spared) {
    await rm(path, { force: true });
  }
}

function hashOf(content) {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

async function bundle(input, output) {
  const build = await rolldown(input);
  try {
    return (await build.write(output)).output;
  } finally {
    await build.close();
  }
}

/** The Kubernetes client loads at once what few of its users need; build/lighter/ has what replaces it. */
function lighter(id, importer) {
  const isOurs = importer?.includes("/@kubernetes/client-node/") && inPlace.has(`${id}.js`);
  return isOurs ? resolve("build/lighter", `${id}.js`) : null;
}

/** A module of the sources, by what it and all that it imports make of themselves; `unused` names what it only may load. */
async function evaluated(source, unused = []) {
  const file = resolve(`dist/${basename(source, ".ts")}.mjs`);
  await bundle({ input: source, external: [/^[^./]/].concat(unused), platform: "node" }, { file });
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(file);
  }
}

/** What a chunk holds, and what it loads at once; the test of the module graph reads it. */
function described({ fileName, facadeModuleId, moduleIds, imports }) {
  const files = moduleIds.filter((id) => !id.startsWith("\0")).map((id) => relative(".", id));
  return { fileName, entry: facadeModuleId === null ? null : relative(".", facadeModuleId), files, imports };
}

/**
 * Each template as one file, read by the sources' own reader: what that refuses is not packed. The wheel of its kit is
 * beside them: it is written into services, and can be published to an index.
 */
async function packTemplates() {
  const { loadTemplate } = await evaluated("src/scaffold/template.ts");
  for (const folder of ["dist/templates", "dist/service-kit"]) await mkdir(folder, { recursive: true });
  const packed = [];
  for (const name of await readdir("templates")) {
    // Runbooks are read as they are.
    if (name === "runbooks") continue;
    const { kit, ...template } = await loadTemplate(`templates/${name}`);
    const { content, ...known } = kit;
    await writeFile(`dist/service-kit/${kit.file}`, content);
    await writeFile(`dist/templates/${name}.json`, JSON.stringify({ ...template, kit: known }));
    packed.push(`templates/${name}.json`, `service-kit/${kit.file}`);
  }
  return packed;
}
