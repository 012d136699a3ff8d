import { appendFile, mkdtemp, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withJournal } from "../core/journal.ts";
import { holdJournal, journalFolder } from "./journal-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-journal-"));
  path = join(folder, "journal", "secrets", "orders.jsonl");
});
afterEach(async () => rm(folder, { recursive: true }));

describe("a journal on disk", () => {
  it("A journal on disk keeps its lines, for its owner only", async () => {
    const first = await holdJournal(path);
    await first.append("one");
    await first.append("two");
    await first.release();
    const second = await holdJournal(path);
    expect(await second.read()).toEqual(["one", "two"]);
    await second.append("three");
    await second.release();
    expect(await readFile(path, "utf8")).toBe("one\ntwo\nthree\n");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
  });

  it("A journal on disk drops the incomplete line of a crash", async () => {
    const first = await holdJournal(path);
    await first.append("wörds");
    await first.release();
    await appendFile(path, '{"seq":2,"at":"20');
    const second = await holdJournal(path);
    expect(await second.read()).toEqual(["wörds"]);
    await second.append("next");
    await second.release();
    expect(await readFile(path, "utf8")).toBe("wörds\nnext\n");
  });

  it("A journal on disk that was cut at its end is refused", async () => {
    const store = journalFolder(folder);
    const settings = { clock: { now: () => 0, sleep: async () => undefined }, signal: new AbortController().signal };
    const write = (what: string): Promise<void> =>
      withJournal(store, "r", settings, (journal) => journal.write({ run: "r", event: "change", what }));
    await write("one");
    await write("two");
    const file = join(folder, "r.jsonl");
    await truncate(file, (await readFile(file, "utf8")).indexOf("\n") + 1);
    await expect(write("three")).rejects.toMatchObject({ code: "JOURNAL_BROKEN" });
    expect((await stat(`${file}.head`)).mode & 0o777).toBe(0o600);
  });

  it("A journal on disk is used by one run at a time", async () => {
    const first = await holdJournal(path);
    const second = holdJournal(path);
    await expect(second).rejects.toMatchObject({
      code: "JOURNAL_BUSY",
      exit: 7,
      message: expect.stringContaining(`process ${process.pid} since 20`),
      next: [expect.anything(), expect.stringContaining(`ps -fp ${process.pid}`)],
    });
    await first.release();
    await expect(stat(`${path}.holder`)).rejects.toMatchObject({ code: "ENOENT" });
    await (await holdJournal(path)).release();
  }, 20_000);

  it("A journal on disk is lost to the process that took it over, which keeps it", async () => {
    const suspended = await holdJournal(path);
    await suspended.append("one");
    // A suspended process does not do this, so its lock expires.
    await rm(`${path}.lock`, { recursive: true });
    const second = await holdJournal(path);
    expect(await second.read()).toEqual(["one"]);
    await second.append("two");
    await expect(suspended.append("three")).rejects.toMatchObject({ code: "JOURNAL_LOST", exit: 7 });
    await expect(suspended.append("four")).rejects.toMatchObject({ code: "JOURNAL_LOST" });
    await suspended.release();
    await second.append("five");
    await second.release();
    expect(await readFile(path, "utf8")).toBe("one\ntwo\nfive\n");
  });

  it("A journal on disk ends the work of a process that lost it, even between two entries", async () => {
    const work = withJournal(
      journalFolder(folder),
      "secrets/orders",
      { clock: { now: () => 0, sleep: async () => undefined }, signal: new AbortController().signal },
      (_journal, lease) =>
        new Promise<never>((_, reject) => {
          lease.addEventListener("abort", () => reject(lease.reason));
          // A suspended process does not do this, so its lock expires.
          void rm(join(folder, "secrets/orders.jsonl.lock"), { recursive: true });
        }),
    );
    await expect(work).rejects.toMatchObject({ code: "JOURNAL_LOST", exit: 7 });
  });

  it("A journal on disk reports why it cannot be written, and what to look at", async () => {
    await expect(holdJournal("/dev/null/journal.jsonl")).rejects.toMatchObject({
      code: "JOURNAL_UNWRITABLE",
      message: "The journal /dev/null/journal.jsonl cannot be written: EEXIST: file already exists, mkdir '/dev/null'.",
      next: ["ls -ld /dev/null"],
    });
    const below = "/dev/null/gennet/journal.jsonl";
    await expect(holdJournal(below)).rejects.toMatchObject({
      code: "JOURNAL_UNWRITABLE",
      message: `The journal ${below} cannot be written: a part of its path is a file, not a folder (ENOTDIR).`,
      next: ["ls -ld /dev/null"],
    });
  });
});
