import { describe } from "vitest";
import { itFinds } from "../support/mistakes.ts";
import { passesItsOwnChecks, reservesWhatItInstalls, scaffolded } from "../support/scaffolded-service.ts";

describe("a scaffolded service", () => {
  const service = scaffolded("order-intake");

  itFinds(
    [
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
    ],
    { service, module: "order_intake", tests: ["--ignore", "tests/test_lint.py"] },
  );
});

describe("a service that calls two others", () => {
  const service = scaffolded("orders", "--depends-on", `${"z".repeat(63)},order-stock`, "--called-by", "web");
  passesItsOwnChecks(service);
  reservesWhatItInstalls(service, "orders");

  itFinds(
    [
      ["calls/breaker.py", "or self._probing:", "or False:"],
      ["calls/breaker.py", "if permit != self._period:", "if False:"],
      ["calls/breaker_transport.py", "succeeded: bool | None = None", "succeeded: bool | None = False"],
      [
        "calls/retries.py",
        "attempts = self._settings.attempts if repeatable else 1",
        "attempts = self._settings.attempts",
      ],
      ["calls/retries.py", "(left is None or wait < left)", "True"],
      ["calls/deadline.py", "min(self._seconds, left)", "self._seconds"],
      ["calls/errors.py", "HTTPStatus.SERVICE_UNAVAILABLE", "HTTPStatus.BAD_GATEWAY"],
      [
        "calls/outgoing.py",
        "AsyncOpenTelemetryTransport(httpx.AsyncHTTPTransport(limits=limits))",
        "httpx.AsyncHTTPTransport()",
      ],
    ],
    { service, module: "orders", tests: ["tests/calls"] },
  );
});
