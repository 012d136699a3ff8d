import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { Variables } from "./scaffolded-service.ts";

/**
 * One Python environment and one cache of types for all services of a file, which must take turns: only what differs
 * is installed and read again. The variables are there as soon as tests run.
 */
export function sharedEnvironment(): () => Variables {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gennet-environment-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => ({ UV_PROJECT_ENVIRONMENT: join(folder, "venv"), MYPY_CACHE_DIR: join(folder, "mypy") });
}
