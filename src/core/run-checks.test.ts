import { describe, expect, it } from "vitest";
import { warningsOf } from "../../test/support/node-warnings.ts";
import type { Check } from "./check.ts";
import { AppError } from "./error.ts";
import { exitOf, type Finding } from "./finding.ts";
import { assertNamed, runChecks, type RunChecksOptions } from "./run-checks.ts";

const options: RunChecksOptions<undefined> = { context: undefined, now: () => 0, signal: new AbortController().signal };

function check(id: string, run: Check<undefined>["run"], more: Partial<Check<undefined>> = {}): Check<undefined> {
  return { id, title: `title of ${id}`, explain: "", run, ...more };
}

function well(id: string): Finding {
  return { id, severity: "ok", subject: "all", summary: "well" };
}

const ok = (id: string, more: Partial<Check<undefined>> = {}): Check<undefined> =>
  check(id, async () => [well(id)], more);
const throwing = (id: string, error: unknown): Check<undefined> => check(id, async () => Promise.reject(error));
const brief = (findings: readonly Finding[]) => findings.map(({ id, severity, cause }) => [id, severity, cause]);

describe("runChecks", () => {
  it("runChecks returns findings in the order of the checks, with the region and the duration", async () => {
    let now = 100;
    const slow = check("b/slow", async () => {
      now += 40;
      return [well("b/slow")];
    });
    const findings = await runChecks([slow, ok("a/quick")], { ...options, region: "eu", now: () => now, limit: 1 });
    expect(findings).toEqual([
      { ...well("b/slow"), region: "eu", durationMs: 40 },
      { ...well("a/quick"), region: "eu", durationMs: 0 },
    ]);
  });

  it.each([
    ["KUBE_DENIED", "denied"],
    ["KUBE_UNREACHABLE", "unreachable"],
    ["KUBE_TIMED_OUT", "timed-out"],
  ] as const)("runChecks reports %s as unknown: %s", async (code, obstacle) => {
    const error = new AppError(code, "no answer", { next: ["do this", "or that"] });
    expect(await runChecks([throwing("a/b", error)], options)).toEqual([
      {
        id: "a/b",
        severity: "unknown",
        subject: "title of a/b",
        summary: "no answer",
        obstacle,
        fix: "do this",
        evidence: { code },
        durationMs: 0,
      },
    ]);
  });

  it("runChecks throws errors that no finding can represent, and ends running checks", async () => {
    let ended = false;
    const waiting = check("a/waits", (_context, signal) => {
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          ended = true;
          reject(signal.reason);
        }),
      );
    });
    const bug = new TypeError("x is not a function");
    await expect(runChecks([waiting, throwing("a/bug", bug)], options)).rejects.toBe(bug);
    expect(ended).toBe(true);
    const usage = new AppError("KUBE_CONTEXT_UNKNOWN", "no such context");
    await expect(runChecks([throwing("a/b", usage)], options)).rejects.toBe(usage);
  });

  it("runChecks gives up on a check that takes too long, even if it ignores the signal", async () => {
    const deaf = check("a/deaf", () => new Promise(() => undefined), { timeoutMs: 1 });
    const [finding] = await runChecks([deaf], options);
    expect(finding).toMatchObject({ severity: "unknown", obstacle: "timed-out", summary: "no answer within 1 ms" });
  });

  it("runChecks returns finished checks when the time limit is reached, and the others as unknown", async () => {
    const limit = new AbortController();
    const silent = check("a/silent", () => new Promise(() => undefined));
    const running = runChecks([ok("a/quick"), silent, ok("b/after", { needs: ["a/silent"] })], {
      ...options,
      signal: limit.signal,
    });
    setImmediate(() => limit.abort(new AppError("TIMED_OUT", "Not done within --timeout 5s.")));
    expect((await running).map(({ id, severity, obstacle, cause }) => [id, severity, obstacle, cause])).toEqual([
      ["a/quick", "ok", undefined, undefined],
      ["a/silent", "unknown", "timed-out", undefined],
      ["b/after", "skip", undefined, "a/silent"],
    ]);
  });

  it("runChecks throws the reason when the run is aborted", async () => {
    const controller = new AbortController();
    const reason = new AppError("INTERRUPTED", "stopped");
    const aborting = check("a/b", async () => {
      controller.abort(reason);
      return new Promise(() => undefined);
    });
    await expect(runChecks([aborting], { ...options, signal: controller.signal })).rejects.toBe(reason);
  });

  it("runChecks skips a check whose need failed or is unknown, and names the root as the cause", async () => {
    const down = throwing("api/up", new AppError("KUBE_UNREACHABLE", "refused"));
    const checks = [ok("pods/ok", { needs: ["nodes/ok"] }), ok("nodes/ok", { needs: ["api/up"] }), down];
    expect(brief(await runChecks(checks, options))).toEqual([
      ["pods/ok", "skip", "api/up"],
      ["nodes/ok", "skip", "api/up"],
      ["api/up", "unknown", undefined],
    ]);
  });

  it("runChecks reports a missing permission once, with the checks that need it below", async () => {
    const denied = (asked: string): AppError =>
      new AppError("KUBE_DENIED", `forbidden: ${asked}`, { next: [`kubectl --context eu auth can-i ${asked}`] });
    const findings = await runChecks(
      [
        throwing("a/one", denied("list namespaces")),
        throwing("b/two", denied("list namespaces")),
        throwing("c/three", denied("list nodes")),
        throwing("d/four", denied("list namespaces")),
        check("e/five", async () => [well("e/five")], { needs: ["b/two"] }),
        throwing("f/six", new AppError("AWS_DENIED", "no", { next: ["Allow it."] })),
      ],
      options,
    );
    expect(brief(findings)).toEqual([
      ["a/one", "unknown", undefined],
      ["b/two", "skip", "a/one"],
      ["c/three", "unknown", undefined],
      ["d/four", "skip", "a/one"],
      ["e/five", "skip", "a/one"],
      ["f/six", "unknown", undefined],
    ]);
    expect(findings[0]?.fix).toBe("kubectl --context eu auth can-i list namespaces");
    expect(exitOf(findings, false)).toBe(4);
  });

  it("runChecks runs a check whose need only warns, or was skipped by the user", async () => {
    const warns = check("api/up", async () => [{ ...well("api/up"), severity: "warn" }]);
    const dependent = ok("nodes/ok", { needs: ["api/up"] });
    expect(brief(await runChecks([warns, dependent], options))[1]).toEqual(["nodes/ok", "ok", undefined]);
    expect(
      await runChecks([throwing("api/up", new Error("not to be asked")), dependent], { ...options, skip: ["api"] }),
    ).toEqual([
      { id: "api/up", severity: "skip", subject: "title of api/up", summary: "skipped by --skip" },
      { ...well("nodes/ok"), durationMs: 0 },
    ]);
  });

  it("runChecks only runs checks that --only names, and reports the rest as skipped", async () => {
    const findings = await runChecks([ok("a/one"), ok("a/two"), ok("b/one")], {
      ...options,
      only: ["a/*"],
      skip: ["a/two"],
    });
    expect(findings.map(({ severity, summary }) => [severity, summary])).toEqual([
      ["ok", "well"],
      ["skip", "skipped by --skip"],
      ["skip", "skipped by --only"],
    ]);
  });

  it("runChecks runs no more checks at once than the limit", async () => {
    let running = 0;
    let most = 0;
    const checks = Array.from({ length: 6 }, (_, index) =>
      check(`a/${index}`, async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return [];
      }),
    );
    await runChecks(checks, { ...options, limit: 2 });
    expect(most).toBe(2);
  });

  it("runChecks lets a check make any number of requests at once without a warning of Node.js", async () => {
    const warnings = await warningsOf((listen) => {
      const asks = check("a/asks", async (_context, signal) => listen(signal).then(() => []));
      return runChecks([asks], options);
    });
    expect(warnings).toEqual([]);
  });

  it("runChecks rejects checks that need each other, or one that does not exist", async () => {
    const circle = [ok("a/b", { needs: ["b/a"] }), ok("b/a", { needs: ["a/b"] })];
    await expect(runChecks(circle, options)).rejects.toThrow("a/b → b/a → a/b");
    await expect(runChecks([ok("a/b", { needs: ["b/a"] })], options)).rejects.toThrow(
      'needs "b/a", which does not exist',
    );
  });

  it.each([
    ["A failure blocks what needs it", "fail", undefined, "skip"],
    ["A failure that leaves something to ask does not", "fail", false, "ok"],
    ["Something that was skipped does not", "skip", undefined, "ok"],
    ["Something that was skipped because it is not there does", "skip", true, "skip"],
  ] as const)("%s", async (_claim, severity, blocks, expected) => {
    const need = check("a/need", async () => [
      { id: "a/need", severity, subject: "all", summary: "not there", ...(blocks === undefined ? {} : { blocks }) },
    ]);
    const findings = await runChecks([need, ok("b/check", { needs: ["a/need"] })], options);
    expect(brief(findings)[1]).toEqual(["b/check", expected, expected === "skip" ? "a/need" : undefined]);
    expect(findings[0]).not.toHaveProperty("blocks");
  });
});

describe("assertNamed", () => {
  it("assertNamed rejects a pattern that matches no check", () => {
    const checks = [ok("nodes/ready"), ok("pods/running")];
    assertNamed(checks, ["nodes", "pods/*", "nodes/ready"]);
    expect(() => assertNamed(checks, ["nodes", "nodes/redy"])).toThrow('No check is named by "nodes/redy".');
  });
});
