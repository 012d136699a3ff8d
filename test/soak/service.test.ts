import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository, run } from "../support/cli.ts";
import { isNightly } from "../support/effort.ts";
import { endsOf, installedPythons } from "../support/pythons.ts";
import { scaffolded } from "../support/scaffolded-service.ts";
import { findUv, keepsBytecode } from "../support/uv.ts";

const uv = await findUv();
const ends = endsOf(await installedPythons(uv));
/** By day, one round on the newest Python. */
const chosen = isNightly ? ends : ends.slice(-1);
const rounds = isNightly ? 3 : 1;

describe.each(chosen)("a service with every store, on Python $version", ({ program }) => {
  const service = scaffolded("orders", "--features", "postgres,redis,neo4j");

  it("A service keeps its promises under load while each store is killed, paused and filled", async () => {
    const words = ["run", "--quiet", "--no-python-downloads", "--python", program, "python"];
    const soak = [join(repository, "service-kit", "soak"), "--module", "orders", "--path", "/items"];
    const { exit, stdout, stderr } = await run(uv, [...words, ...soak, "--rounds", String(rounds)], {
      cwd: service.path(),
      env: keepsBytecode,
    });
    process.stdout.write(stdout);
    expect({ exit, stdout, stderr }).toMatchObject({ exit: 0 });
    expect(stdout).toMatch(/^add +503 +\d+$/m);
    expect(stdout).toMatch(/^0 promises broken$/m);
  });
});
