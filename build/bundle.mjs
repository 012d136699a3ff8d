import { rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

/** Bundles src/ into dist/: one small entry, and a chunk for everything that is imported lazily. */
await rm("dist", { recursive: true, force: true });
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
