import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { endProcesses, processesIn } from "../processes/daemon.ts";
import { buildTags, programsOf, stamps } from "./catalogue.ts";
import { buildEnvironment, requireGo } from "./go-toolchain.ts";
import type { ProgramModule } from "./program-module.ts";
import { processTable } from "../processes/process-table.ts";
import type { Setting } from "../setting.ts";
import { paced } from "../tracked.ts";

/**
 * Compiles the named programs into `cache/bin`. It works in `cache.building`, including Go's caches, so a killed build
 * continues where it was; when a build ends by itself, the four gigabytes of caches are removed.
 */
export async function buildPrograms(
  wanted: readonly string[],
  module: ProgramModule,
  cache: string,
  setting: Setting,
  detail: (text: string) => void,
): Promise<void> {
  const work = buildFolder(cache);
  // A compiler that a killed gennet left running would use the same files.
  await endProcesses(processesIn(await processTable(), work), processTable, setting.host.clock);
  await requireGo(module, setting);
  const env = buildEnvironment(work, setting.host);
  await mkdir(join(work, "tmp"), { recursive: true, mode: 0o700 });
  const tools = wanted.map((name) => programsOf(module.name)[name] as string);
  try {
    const total = await countPackages(tools, module, env, setting, detail);
    await compile(tools, join(work, "bin"), { module, env, setting, total }, detail);
    await mkdir(join(cache, "bin"), { recursive: true });
    for (const [at, name] of wanted.entries()) {
      await rename(join(work, "bin", outputName(tools[at] as string)), join(cache, "bin", name));
    }
  } catch (error) {
    // Interrupted work is kept for the next run.
    if (setting.signal.aborted) throw setting.signal.reason;
    await rm(work, { recursive: true, force: true });
    throw error;
  }
  await rm(work, { recursive: true, force: true });
}

function buildFolder(cache: string): string {
  return `${cache}.building`;
}

/** `go build` names a program after the last element of its import path that is not a major version. */
function outputName(tool: string): string {
  return tool
    .replace(/\/v\d+$/, "")
    .split("/")
    .at(-1) as string;
}

interface Compilation {
  readonly module: ProgramModule;
  readonly env: Readonly<Record<string, string>>;
  readonly setting: Setting;
  readonly total: number;
}

/** Lists the packages, which downloads what is needed as a side effect. */
async function countPackages(
  tools: readonly string[],
  module: ProgramModule,
  env: Readonly<Record<string, string>>,
  setting: Setting,
  detail: (text: string) => void,
): Promise<number> {
  detail("downloading modules");
  let modules = 0;
  const report = paced(setting, detail, (elapsed) => `downloading modules: ${modules} so far, ${elapsed}`);
  const stdout = await go(["list", "-deps", ...tagsOf(module), ...tools], module, env, setting, (line) => {
    if (!line.startsWith("go: downloading")) return;
    modules += 1;
    report();
  });
  return stdout.split("\n").filter((line) => line !== "" && line !== "unsafe").length;
}

async function compile(
  tools: readonly string[],
  out: string,
  { module, env, setting, total }: Compilation,
  detail: (text: string) => void,
): Promise<void> {
  let compiled = 0;
  const report = paced(setting, detail, (elapsed) => `compiled ${compiled} of ${total} packages, ${elapsed}`);
  const flags = ["-s -w", ...stampOf(module)].join(" ");
  await mkdir(out, { recursive: true });
  const args = ["build", "-v", "-trimpath", "-ldflags", flags, ...tagsOf(module), "-o", `${out}/`, ...tools];
  await go(args, module, env, setting, () => {
    compiled += 1;
    report();
  });
}

function stampOf(module: ProgramModule): readonly string[] {
  const stamp = stamps[module.name];
  if (stamp === undefined) return [];
  const version = module.versionOf(stamp.of);
  return [`-X ${stamp.variable}=${stamp.bare === true ? version.slice(1) : version}`];
}

function tagsOf({ name }: ProgramModule): readonly string[] {
  const tags = buildTags[name];
  return tags === undefined ? [] : ["-tags", tags.join(",")];
}

/** Runs go in the pinned module; returns stdout. */
async function go(
  args: readonly string[],
  module: ProgramModule,
  env: Readonly<Record<string, string>>,
  setting: Setting,
  onLine: (line: string) => void,
): Promise<string> {
  const { execa, ExecaError } = await import("execa");
  const lastLines: string[] = [];
  try {
    const running = execa("go", args, {
      cwd: module.folder,
      env,
      extendEnv: false,
      cancelSignal: setting.signal,
      stderr: function* (line: unknown) {
        onLine(String(line));
        lastLines.push(String(line));
        if (lastLines.length > 15) lastLines.shift();
        yield line as string;
      },
      buffer: { stderr: false },
    });
    return (await running).stdout;
  } catch (error) {
    if (!(error instanceof ExecaError) || error.isCanceled) throw error;
    throw new AppError("SANDBOX_BUILD_FAILED", `go ${args[0]} failed:\n${lastLines.join("\n")}`, {
      next: [
        "Check the connection to the Go module proxy (`go env GOPROXY`) and the free disk space (a build needs 5 GB).",
        "gennet explain SANDBOX_BUILD_FAILED",
      ],
    });
  }
}
