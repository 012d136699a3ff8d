import { describe, expect, it } from "vitest";
import { goDuration } from "./go-duration.ts";
import { blockingWindow, type SyncWindow } from "./sync-windows.ts";

/** A Friday. */
const now = Date.parse("2026-01-02T22:30:00Z");
const orders = { name: "orders", destination: { server: "https://kubernetes.default.svc", namespace: "shop" } };
const every = { applications: ["*"] };
const deny: SyncWindow = { ...every, kind: "deny", schedule: "0 22 * * *", duration: "1h" };
const allow: SyncWindow = { ...every, kind: "allow", schedule: "0 22 * * *", duration: "1h" };
const blocks = (...windows: SyncWindow[]): boolean => blockingWindow(windows, orders, now) !== undefined;

describe("sync windows", () => {
  it.each<[string, readonly SyncWindow[], boolean]>([
    ["none", [], false],
    ["an open deny", [deny], true],
    ["a deny that is over", [{ ...deny, schedule: "0 20 * * *" }], false],
    ["a deny of another day", [{ ...deny, schedule: "0 22 * * 1-4" }], false],
    ["an open deny that lets manual syncs through", [{ ...deny, manualSync: true }], false],
    ["two open denies, one of which does not", [{ ...deny, manualSync: true }, deny], true],
    ["an open allow", [allow], false],
    ["a closed allow", [{ ...allow, schedule: "0 3 * * *" }], true],
    ["a closed allow that lets manual syncs through", [{ ...allow, schedule: "0 3 * * *", manualSync: true }], false],
    ["an open allow beside a closed one", [allow, { ...allow, schedule: "0 3 * * *" }], false],
    ["a deny stronger than an allow", [allow, deny], true],
    [
      "one of another zone, in which it is 23:30",
      [{ ...deny, schedule: "0 23 * * *", timeZone: "Europe/Berlin" }],
      true,
    ],
    ["one of a zone that nobody knows, which is UTC", [{ ...deny, timeZone: "Mars/Base" }], true],
    ["one that cannot be read", [{ ...deny, schedule: "at night" }], true],
    ["one whose duration cannot be read", [{ ...deny, duration: "long" }], true],
  ])("%s", (_what, windows, blocked) => {
    expect(blocks(...windows)).toBe(blocked);
  });

  it("match by application, namespace or cluster, and all of them where that is asked for", () => {
    const of = (more: SyncWindow): boolean => blocks({ ...deny, applications: [], ...more });
    expect(of({ applications: ["ord*"] })).toBe(true);
    expect(of({ applications: ["pay*"] })).toBe(false);
    expect(of({ namespaces: ["shop"] })).toBe(true);
    expect(of({ clusters: ["https://kubernetes.*"] })).toBe(true);
    expect(of({ applications: ["pay*"], namespaces: ["shop"] })).toBe(true);
    expect(of({ applications: ["pay*"], namespaces: ["shop"], andOperator: true })).toBe(false);
    expect(of({ applications: ["ord*"], namespaces: ["shop"], andOperator: true })).toBe(true);
    expect(of({})).toBe(false);
  });

  it("say which one it is", () => {
    const told = { ...deny, description: "INC-7", timeZone: "UTC" };
    expect(blockingWindow([told], orders, now)).toBe('the deny window "0 22 * * *" for 1h, UTC (INC-7) is open');
    expect(blockingWindow([{ ...deny, duration: "long" }], orders, now)).toContain("cannot parse duration 'long'");
  });
});

it("reads durations as Go writes them", () => {
  expect(["90s", "1h30m", "1.5h", "500ms", "0"].map(goDuration)).toEqual([90_000, 5_400_000, 5_400_000, 500, 0]);
  expect(() => goDuration("1d")).toThrow("cannot parse duration '1d'");
});
