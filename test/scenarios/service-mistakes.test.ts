import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { scaffolded, type ServiceUnderTest } from "../support/scaffolded-service.ts";

/** What a service's tests that find a mistake end with: a test that cannot fail proves nothing. */
const found = { exit: 1, stdout: expect.stringContaining("1 failed") as string };

/** Runs a service's tests with a mistake put into a file. */
async function withMistake(
  service: ServiceUnderTest,
  path: string,
  [right, wrong]: readonly [string, string],
  tests: readonly string[],
): Promise<{ exit: number | null; stdout: string }> {
  const text = await readFile(path, "utf8");
  expect(text).toContain(right);
  await writeFile(path, text.replace(right, wrong));
  try {
    const { exit, stdout } = await service.run("pytest", "-q", "-x", ...tests);
    return { exit, stdout };
  } finally {
    await writeFile(path, text);
  }
}

describe("a scaffolded service", () => {
  const service = scaffolded("order-intake");

  it.each([
    ["health.py", "HTTP_503_SERVICE_UNAVAILABLE", "HTTP_200_OK"],
    ["health.py", 'return "failed" if check.required', 'return "ok" if check.required'],
    ["health.py", 'if check.required else "degraded"', 'if True else "degraded"'],
    ["app.py", "await opened.enter_async_context(resource)", "pass"],
    ["app.py", "readiness.accepting = False\n", "pass\n"],
    ["problems.py", 'MEDIA_TYPE = "application/problem+json"', 'MEDIA_TYPE = "application/json"'],
    ["requests.py", "log.exception(", "log.error("],
    ["requests.py", "REQUEST_ID.fullmatch(request_id)", "request_id"],
    ["metrics.py", '"path_format", "unmatched"', '"path_format", scope["path"]'],
    ["items/store.py", "ids.index(after) + 1", "ids.index(after)"],
    ["items/model.py", 'extra="forbid", ', ""],
    ["app.py", '"auto_configure": True', '"auto_configure": False'],
    ["app.py", ".startswith(QUIET)", ".startswith(())"],
    ["settings.py", "raise SystemExit(explain(error)) from None", "raise"],
  ])("has a test that finds a mistake in %s: %s", async (file, right, wrong) => {
    const path = service.path("src", "order_intake", file);
    const ended = await withMistake(service, path, [right, wrong], ["--ignore", "tests/test_lint.py"]);
    expect(ended).toMatchObject(found);
  });
});

describe("a service that calls two others", () => {
  const service = scaffolded("orders", "--depends-on", `${"z".repeat(63)},order-stock`, "--called-by", "web");

  it.each([
    ["breaker.py", "or self._probing:", "or False:"],
    ["breaker.py", "if permit != self._period:", "if False:"],
    ["breaker_transport.py", "succeeded: bool | None = None", "succeeded: bool | None = False"],
    ["retries.py", "attempts = self._settings.attempts if repeatable else 1", "attempts = self._settings.attempts"],
    ["retries.py", "(left is None or wait < left)", "True"],
    ["deadline.py", "min(self._seconds, left)", "self._seconds"],
    ["errors.py", "HTTPStatus.SERVICE_UNAVAILABLE", "HTTPStatus.BAD_GATEWAY"],
    [
      "outgoing.py",
      "AsyncOpenTelemetryTransport(httpx.AsyncHTTPTransport(limits=limits))",
      "httpx.AsyncHTTPTransport()",
    ],
  ])("has a test that finds a mistake in %s: %s", async (file, right, wrong) => {
    const path = service.path("src", "orders", "calls", file);
    expect(await withMistake(service, path, [right, wrong], ["tests/calls"])).toMatchObject(found);
  });
});

describe("a service with a database", () => {
  const service = scaffolded("orders", "--features", "postgres");

  it.each([
    ["database/connections.py", '"pool_pre_ping": True', '"pool_pre_ping": False'],
    ["database/connections.py", "if error.connection_invalidated:", "if False:"],
    ["database/connections.py", "with suppress_instrumentation():", "if True:"],
    ["database/connections.py", "self._probe.connect()", "self._engine.connect()"],
    ["database/owner.py", '"role": settings.owner,', ""],
    ["database/owner.py", "return bool(taken)", "return True"],
  ])("has a test that finds a mistake in %s: %s", async (file, right, wrong) => {
    const path = service.path("src", "orders", file);
    expect(await withMistake(service, path, [right, wrong], ["tests/database"])).toMatchObject(found);
  });
});
