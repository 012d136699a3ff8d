import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * `node test/bench/service-kit.mjs`: what a service of the kit costs beside the leanest FastAPI application, and what its
 * circuit breaker costs each call. Runs with the uv that GENNET_TEST_UV names, or with the sandbox's own.
 */
export function serviceKit() {
  const uv = process.env["GENNET_TEST_UV"] ?? ownUv();
  const env = { ...process.env };
  delete env["PYTHONDONTWRITEBYTECODE"];
  return ["requests.py", "breaker.py"].map((program) => {
    const words = ["run", "--locked", "--quiet", "python", join("bench", program)];
    // Each ends with 1 where a target is missed, and prints which.
    const { stdout, status } = spawnSync(uv, words, { cwd: "service-kit", env, encoding: "utf8" });
    if (status === null || stdout === "") throw new Error(`${uv} ${words.join(" ")} ended with ${status}`);
    return stdout;
  });
}

function ownUv() {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gennet", "sandbox");
  const found = readdirSync(cache)
    .map((name) => join(cache, name, "bin", "uv"))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("no uv: name one by GENNET_TEST_UV, or run npm run test:kit first");
  return found;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(serviceKit().join("\n"));
