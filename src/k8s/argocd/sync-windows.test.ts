import { describe, expect, it } from "vitest";
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
    ["one of an unknown zone, which is UTC", [{ ...deny, timeZone: "Mars/Base" }], true],
    ["one that cannot be read", [{ ...deny, schedule: "at night" }], true],
    ["one whose duration cannot be read", [{ ...deny, duration: "long" }], true],
    ["two allows, one of which is open", [{ ...allow, schedule: "0 3 * * *" }, allow], false],
    ["a deny of other hours beside an open allow", [allow, { ...deny, schedule: "0 3 * * *" }], false],
    [
      "an allow of another zone, in which it is 23:30, beside a deny of other hours",
      [
        { ...allow, schedule: "0 23 * * *", timeZone: "Europe/Berlin" },
        { ...deny, schedule: "0 3 * * *" },
      ],
      false,
    ],
    ["a schedule with steps from a value", [{ ...deny, schedule: "10/20 22 * * *", duration: "25m" }], true],
    ["a schedule with a step beyond its field", [{ ...deny, schedule: "*/90 22 * * *" }], true],
    ["names of days and months", [{ ...deny, schedule: "0 22 * jan MON-fri" }], true],
    ["a zone in the schedule", [{ ...deny, schedule: "CRON_TZ=Europe/Berlin 0 23 * * *" }], true],
    ["a duration with fractions", [{ ...deny, duration: ".75h" }], true],
    ["a word for a schedule, which Argo CD cannot read and blocks", [{ ...allow, schedule: "@daily" }], true],
    ["Sunday as 7, which Argo CD cannot read and blocks", [{ ...allow, schedule: "0 22 * * 0-7" }], true],
    ["the last day of a month, which Argo CD cannot read and blocks", [{ ...allow, schedule: "0 22 L * *" }], true],
    ["an open allow beside one that cannot be read", [allow, { ...allow, schedule: "at night" }], true],
  ])("%s", (_what, windows, blocked) => {
    expect(blocks(...windows)).toBe(blocked);
  });

  it("Sync windows with manualSync allow a manual sync, but none that Argo CD starts itself", () => {
    const windows = [{ ...deny, manualSync: true }];
    expect(blockingWindow(windows, orders, now, true)).toBeUndefined();
    expect(blockingWindow(windows, orders, now, false)?.reason).toContain("the deny window");
  });

  it.each<[string, readonly SyncWindow[], string | undefined]>([
    ["a deny ends when it closes", [deny], "2026-01-02T23:00:00Z"],
    ["an allow ends when it opens", [{ ...allow, schedule: "0 3 * * *" }], "2026-01-03T03:00:00Z"],
    [
      "of two denies that overlap, the last end counts",
      [deny, { ...deny, schedule: "50 22 * * *", duration: "2h" }],
      "2026-01-03T00:50:00Z",
    ],
    [
      "a deny that closes while an allow is closed ends when that opens",
      [deny, { ...allow, schedule: "0 3 * * *" }],
      "2026-01-03T03:00:00Z",
    ],
    [
      "another zone's opening is shown in UTC",
      [{ ...allow, schedule: "0 3 * * *", timeZone: "Europe/Berlin" }],
      "2026-01-03T02:00:00Z",
    ],
    ["a deny that opens again and again has no end", [{ ...deny, schedule: "* * * * *" }], undefined],
    ["a window that cannot be read has no end", [{ ...deny, schedule: "at night" }], undefined],
  ])("Sync windows report their end: %s", (_what, windows, until) => {
    const hold = blockingWindow(windows, orders, now);
    const seconds = hold?.until === undefined ? undefined : Math.floor(hold.until / 1000) * 1000;
    expect(seconds).toBe(until === undefined ? undefined : Date.parse(until));
  });

  it("Sync windows match by application, namespace or cluster, or by all of them with andOperator", () => {
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

  it("The reason of a sync window describes the window", () => {
    const told = { ...deny, description: "INC-7", timeZone: "UTC" };
    expect(blockingWindow([told], orders, now)).toEqual({
      reason: 'the deny window "0 22 * * *" for 1h, UTC (INC-7) is open, until 2026-01-02T23:00:00Z',
      until: Date.parse("2026-01-02T23:00:00Z"),
    });
    const unread = blockingWindow([{ ...deny, duration: "long" }], orders, now);
    expect(unread?.reason).toContain("cannot parse duration 'long'");
  });
});
