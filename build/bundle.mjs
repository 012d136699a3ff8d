import { readdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
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

// What an earlier build left goes last, so that a gennet that is running meanwhile still finds its chunks.
const made = new Set([...Object.keys(result.metafile.outputs), "dist/meta.json"]);
for (const entry of await readdir("dist", { recursive: true, withFileTypes: true })) {
  const path = relative(".", join(entry.parentPath, entry.name));
  if (entry.isFile() && !made.has(path)) await rm(path, { force: true });
}
