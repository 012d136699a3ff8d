import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { isThere } from "../../../src/core/is-there.ts";
import { cacheFolder, shippedFolder } from "../folders.ts";
import { withLock } from "../processes/lock.ts";
import { definedOnly } from "../programs/go-toolchain.ts";
import type { Setting } from "../setting.ts";

export interface Neo4jProgram {
  /** The class path of the program that is Neo4j beside a cluster. */
  readonly classPath: string;
  /** The folder of Neo4j's own libraries. */
  readonly libraries: string;
}

/** Returns Neo4j, downloaded and compiled once. Throws SANDBOX_BUILD_FAILED. */
export async function findNeo4j(
  tools: { readonly javac: string; readonly mvn: string },
  setting: Setting,
  detail: (text: string) => void,
): Promise<Neo4jProgram> {
  // The service kit has the same program for the tests of services.
  const sources = shippedFolder("neo4j");
  const [pom, main, sums] = await Promise.all([
    readFile(join(sources, "pom.xml")),
    readFile(join(sources, "Neo4jServer.java")),
    readFile(join(sources, "libraries.sha256"), "utf8"),
  ]);
  const digest = createHash("sha256").update(pom).update(main).update(sums).digest("hex").slice(0, 16);
  const folder = join(cacheFolder(setting.host), `neo4j-${digest}`);
  const found = { classPath: [folder, join(folder, "libraries", "*")].join(":"), libraries: join(folder, "libraries") };
  if (await isThere(folder)) return found;
  await withLock(`${folder}.lock`, { waitMs: Infinity, what: "the sandbox's Neo4j" }, setting, async () => {
    if (await isThere(folder)) return;
    const work = `${folder}.building`;
    const libraries = join(work, "libraries");
    await rm(work, { recursive: true, force: true });
    await mkdir(libraries, { recursive: true, mode: 0o700 });
    detail("downloading Neo4j's libraries");
    const quiet = ["--quiet", "--batch-mode", "--strict-checksums", "--file", join(sources, "pom.xml")];
    await run(tools.mvn, [...quiet, "dependency:copy-dependencies", `-DoutputDirectory=${libraries}`], setting);
    await requireSums(libraries, sums);
    detail("compiling");
    await run(tools.javac, ["-cp", join(libraries, "*"), "-d", work, join(sources, "Neo4jServer.java")], setting);
    await rename(work, folder);
  });
  return found;
}

/** `sums` has a line `SHA-256  FILE` for each library. */
async function requireSums(libraries: string, sums: string): Promise<void> {
  const files = (await readdir(libraries)).sort();
  const lines = await Promise.all(
    files.map(async (file) => {
      const digest = createHash("sha256")
        .update(await readFile(join(libraries, file)))
        .digest("hex");
      return `${digest}  ${file}`;
    }),
  );
  const expected = new Set(sums.trimEnd().split("\n"));
  const wrong = [
    ...lines.filter((line) => !expected.has(line)),
    ...[...expected].filter((line) => !lines.includes(line)),
  ];
  if (wrong.length > 0)
    throw failed(`does not match the pinned checksums: ${[...new Set(wrong.map((line) => line.slice(66)))].join(", ")}`);
}

async function run(file: string, args: readonly string[], setting: Setting): Promise<void> {
  const { execa } = await import("execa");
  const env = definedOnly(setting.host.env);
  const { failed: isFailed, all } = await execa(file, args, {
    env,
    extendEnv: false,
    all: true,
    reject: false,
    stdin: "ignore",
    cancelSignal: setting.signal,
  });
  setting.signal.throwIfAborted();
  if (isFailed)
    throw failed(`could not be downloaded and compiled:\n${String(all).trim().split("\n").slice(-8).join("\n")}`);
}

function failed(what: string): AppError {
  return new AppError("SANDBOX_BUILD_FAILED", `Neo4j ${what}`, {
    next: ["Check the connection to the Maven repository (`~/.m2/settings.xml`).", "Run the command again."],
  });
}
