import { describe, expect, it } from "vitest";
import { memoryJournals } from "../../test/support/memory-journals.ts";
import { memoryLines } from "../../test/support/memory-lines.ts";
import { warningsOf } from "../../test/support/node-warnings.ts";
import { openJournal, withJournal } from "./journal.ts";
import { SecretValue } from "./secret-value.ts";

const clock = { now: () => Date.parse("2026-01-02T03:04:05Z"), sleep: async () => undefined };

async function written(): Promise<ReturnType<typeof memoryLines>> {
  const lines = memoryLines();
  const journal = await openJournal(lines, "j", clock);
  await journal.write({ run: "r", event: "begin", facts: { version: "v2" } });
  await journal.write({ run: "r", event: "stage", stage: "promote" });
  await journal.write({ run: "r", event: "change", stage: "promote", what: "move AWSCURRENT" });
  return lines;
}

describe("a journal", () => {
  it("Work with a journal makes any number of requests at once without a warning of Node.js", async () => {
    const { signal } = new AbortController();
    const warnings = await warningsOf((listen) =>
      withJournal(memoryJournals(), "j", { clock, signal }, (_journal, held) => listen(held)),
    );
    expect(warnings).toEqual([]);
  });

  it("is read again as it was written", async () => {
    const lines = await written();
    const { entries } = await openJournal(lines, "j", clock);
    expect(entries.map(({ seq, event, at }) => [seq, event, at])).toEqual([
      [1, "begin", "2026-01-02T03:04:05.000Z"],
      [2, "stage", "2026-01-02T03:04:05.000Z"],
      [3, "change", "2026-01-02T03:04:05.000Z"],
    ]);
    expect(entries[0]?.facts).toEqual({ version: "v2" });
  });

  it("continues where it ended, in another process", async () => {
    const lines = await written();
    await (await openJournal(lines, "j", clock)).write({ run: "r", event: "end", what: "done" });
    expect((await openJournal(lines, "j", clock)).entries).toHaveLength(4);
  });

  it("takes entries that are written at the same time, one after the other", async () => {
    const lines = memoryLines();
    const journal = await openJournal(lines, "j", clock);
    await Promise.all(["a", "b", "c"].map((what) => journal.write({ run: "r", event: "change", what })));
    expect((await openJournal(lines, "j", clock)).entries.map(({ what }) => what)).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["edited", (all: string[]) => (all[1] = all[1]?.replace("promote", "pending") ?? "")],
    ["edited, its follower's hash not", (all: string[]) => (all[0] = all[0]?.replace("v2", "v3") ?? "")],
    ["removed", (all: string[]) => all.splice(1, 1)],
    ["put in", (all: string[]) => all.splice(1, 0, all[1] ?? "")],
    ["cut off at the end", (all: string[]) => all.pop()],
    ["cut off with all others", (all: string[]) => all.splice(0)],
    ["no JSON", (all: string[]) => (all[0] = "begin")],
  ])("is refused when a line was %s", async (_how, damage) => {
    const lines = await written();
    damage(lines.all);
    await expect(openJournal(lines, "j", clock)).rejects.toMatchObject({ code: "JOURNAL_BROKEN", exit: 7 });
  });

  it("accepts the line of a crash that came before its head was written", async () => {
    const lines = await written();
    const head = await lines.readHead();
    await (await openJournal(lines, "j", clock)).write({ run: "r", event: "end", what: "done" });
    await lines.writeHead(head ?? "");
    expect((await openJournal(lines, "j", clock)).entries).toHaveLength(4);
  });

  it("is refused when its head was removed or rewritten", async () => {
    const lines = await written();
    for (const head of ["{}", "", '{"length":3,"hash":"00"}', '{"length":1,"hash":"00"}']) {
      await expect(openJournal({ ...lines, readHead: async () => head }, "j", clock)).rejects.toMatchObject({
        code: "JOURNAL_BROKEN",
      });
    }
    const removed = openJournal({ ...lines, readHead: async () => undefined }, "j", clock);
    await expect(removed).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
  });

  it("does not hold a secret's value, even where the types were talked round", async () => {
    const lines = memoryLines();
    const facts = { value: new SecretValue("hunter2") } as never;
    await (await openJournal(lines, "j", clock)).write({ run: "r", event: "begin", facts });
    expect(lines.all).toHaveLength(1);
    expect(lines.all.join()).not.toContain("hunter2");
  });
});
