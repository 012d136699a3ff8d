import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Bundles src/ into dist/: one small entry, and a chunk for everything that is imported lazily. */
const result = await build({
  entryPoints: { gennet: "src/gennet.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // esbuild prefers CommonJS for Node, of which it can leave nothing out.
  mainFields: ["module", "main"],
  minify: true,
  keepNames: true,
  legalComments: "none",
  metafile: true,
  chunkNames: "chunks/[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
  // Some dependencies are CommonJS: they call require() for Node's own modules and ask for their own file's name.
  banner: {
    js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url),__filename=import.meta.filename;',
  },
});
await writeFile("dist/meta.json", JSON.stringify(result.metafile));
const templates = await packTemplates();

// Chunks of earlier builds stay for an hour: a gennet that is running meanwhile loads its own lazily.
const made = new Set([...Object.keys(result.metafile.outputs), "dist/meta.json", ...templates]);
const spared = process.argv.includes("--clean") ? Number.POSITIVE_INFINITY : Date.now() - 3_600_000;
for (const entry of await readdir("dist", { recursive: true, withFileTypes: true })) {
  const path = relative(".", join(entry.parentPath, entry.name));
  if (entry.isFile() && !made.has(path) && (await stat(path)).mtimeMs < spared) await rm(path, { force: true });
}

/** Each template as one file, read by the sources' own reader: what that refuses is not packed. */
async function packTemplates() {
  const reader = resolve("dist/template-reader.mjs");
  await build({
    entryPoints: ["src/scaffold/template.ts"],
    outfile: reader,
    bundle: true,
    format: "esm",
    packages: "external",
  });
  const { loadTemplate } = await import(pathToFileURL(reader).href);
  await rm(reader);
  await mkdir("dist/templates", { recursive: true });
  const packed = (await readdir("templates")).map((name) => ({ name, path: `dist/templates/${name}.json` }));
  for (const { name, path } of packed) await writeFile(path, JSON.stringify(await loadTemplate(`templates/${name}`)));
  return packed.map(({ path }) => path);
}
