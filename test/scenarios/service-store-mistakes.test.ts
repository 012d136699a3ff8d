import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itFinds, type Mistake } from "../support/mistakes.ts";
import { type RunningStores, startServers } from "../support/running-service.ts";
import { reservesWhatItInstalls, scaffolded } from "../support/scaffolded-service.ts";

describe("a service with every store", () => {
  const service = scaffolded("orders", "--features", "postgres,redis,neo4j");
  let servers: RunningStores;
  beforeAll(async () => {
    servers = await startServers(service);
  }, 600_000);
  afterAll(() => servers?.end());

  reservesWhatItInstalls(service, "orders");

  it("passes its tests on servers that are given, without a mistake", async () => {
    // What never comes about with a mistake is waited for by these for a minute.
    const patient = service.path("tests/cache/replicas.py");
    const text = await readFile(patient, "utf8");
    expect(text).toContain("asyncio.timeout(60)");
    await writeFile(patient, text.replace("asyncio.timeout(60)", "asyncio.timeout(15)"));
    const folders = ["cache", "database", "graph", "relations"].map((each) => `tests/${each}`);
    const { exit, stdout } = await service.runWith(servers.env, "pytest", "-q", ...folders);
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
  });

  const finds = (tests: string, mistakes: readonly Mistake[]): void =>
    itFinds(mistakes, { service, module: "orders", tests: [tests], env: () => servers.env });

  finds("tests/database", [
    ["database/connections.py", '"pool_pre_ping": True', '"pool_pre_ping": False'],
    ["database/connections.py", "if error.connection_invalidated:", "if False:"],
    ["database/connections.py", "with suppress_instrumentation():", "if True:"],
    ["database/connections.py", "self._probe.connect()", "self._engine.connect()"],
    ["database/connections.py", "return ssl.create_default_context(cafile=settings.ca_file)", "return True"],
    ["database/owner.py", '"role": settings.owner,', ""],
    ["database/owner.py", "return bool(taken)", "return True"],
  ]);

  finds("tests/cache", [
    ["cache/connection.py", '{"connection_class": SSLConnection} if settings.tls else {}', "{}"],
    ["cache/listener.py", "                self._near.close()", "                pass"],
    ["cache/near.py", "self._loads.pop(key, None)", "pass"],
    ["cache/near.py", "return await asyncio.shield(task)", "return await task"],
    ["cache/near.py", "if failed or not self._open:", "if failed:"],
    ["cache/shared.py", "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end", ""],
    ["cache/shared.py", "pipeline.publish(self.channel, key)", "pass"],
    ["cache/shared.py", "while self._unconfirmed:", "while False:"],
    ["cache/shared.py", 'text.split(" ", 1)[0]', "text"],
    [
      "items/cached_store.py",
      "            await self._cache.drop(key_of(item_id))\n            return",
      "            return",
    ],
    ["parts.py", "cache.check, required=False", "cache.check, required=True"],
  ]);

  finds("tests/graph", [
    ["graph/graph.py", "            await self._constrained.wait()\n            return", "            return"],
    ["graph/graph.py", "            except Exception:\n", "            except RecursionError:\n"],
    ["graph/graph.py", 'raise UnavailableError("The graph is not available at the moment.") from error', "raise"],
    ["graph/transaction.py", "record_exception=False", "record_exception=True"],
    ["graph/transaction.py", 'f"{operation} {self._database}"', "query"],
    ["parts.py", 'checks.append(Check("graph", graph.check))', "pass"],
  ]);

  finds("tests/relations", [
    [
      "relations/item_store.py",
      "await self._relations.forget(item_id)\n        await self._store",
      "await self._store",
    ],
    ["relations/relations.py", "                await self._store.forget(each)", "                pass"],
    ["relations/relations.py", "if item == other:", "if False:"],
    ["relations/store.py", "sorted([str(item), str(other)])", "[str(item), str(other)]"],
    ["relations/store.py", "room = limit - len(found)", "room = limit"],
    ["relations/store.py", "seen = seen + start", "seen = start"],
  ]);
});
