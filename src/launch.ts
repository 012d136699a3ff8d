import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";
import { xdgFolder } from "./core/xdg.ts";
import { type CodeCache, codeCache } from "./host/code-cache.ts";

/** Given by build/bundle.mjs: another one for other modules. */
declare const GENNET_BUILD: string;

/**
 * What bin/gennet starts: loads the bundle's modules as Node's own loader does, each with the code that V8 made of it when
 * it ran before. (`module.enableCompileCache` would do, but Node 20 has none.)
 */
const entry = join(__dirname, "gennet.js");
const foreign = createRequire(entry);
const modules = new Map<string, { exports: unknown }>();
let cache: CodeCache | undefined;

// `--version` is this one alone, and opens no cache.
evaluate(entry, undefined);

function load(file: string): unknown {
  const known = modules.get(file);
  return known === undefined ? evaluate(file, (cache ??= openCache())) : known.exports;
}

function evaluate(file: string, known: CodeCache | undefined): unknown {
  const module = { exports: {} };
  modules.set(file, module);
  const head = "(function (exports, require, module, __filename, __dirname) { ";
  const cachedData = known?.read(basename(file));
  const script = new Script(`${head}${readFileSync(file, "utf8")}\n})`, {
    filename: file,
    columnOffset: -head.length,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected === true) known?.add(basename(file), script);
  const folder = dirname(file);
  const require = (id: string): unknown => (id.startsWith(".") ? load(join(folder, id)) : foreign(id));
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  run.call(module.exports, module.exports, require, module, file, folder);
  return module.exports;
}

function openCache(): CodeCache {
  const { HOME = "", XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE } = process.env;
  const home = xdgFolder(XDG_CACHE_HOME, HOME, ".cache");
  const isWanted = NODE_DISABLE_COMPILE_CACHE === undefined && home.startsWith("/");
  const opened = codeCache(
    isWanted ? join(home, "gennet", "code", `${GENNET_BUILD}-${process.version}-${process.arch}`) : undefined,
  );
  // Then the functions that ran are compiled, too.
  process.once("exit", opened.store);
  return opened;
}
