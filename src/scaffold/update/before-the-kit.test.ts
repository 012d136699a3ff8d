import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { array, assert, asyncProperty, constantFrom, nat, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { effort, isNightly } from "../../../test/support/effort.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { templateOf, TrialService } from "../../../test/support/updated-service.ts";
import type { Answers } from "../render.ts";
import { shippedTemplate } from "../shipped-template.ts";
import { withEarlierAnswers } from "./earlier-answers.ts";
import { pristine } from "./pristine.ts";

/** What gennet 0.1.0 generated from the template 0.2.0: all platform code belongs to the service there. */
const recorded = (file: string): string => readFileSync(`test/fixtures/service-0.2.0/${file}`, "utf8");
const { answers } = parse(recorded("answers.yaml")) as { answers: Answers };
const { files } = JSON.parse(recorded("base.json")) as { files: Record<string, { lines: string[] }> };
const contents = Object.fromEntries(Object.entries(files).map(([path, { lines }]) => [path, lines.join("\n")]));
const before = templateOf("0.2.0", contents, { name: "fastapi-service" });
const today = await shippedTemplate("fastapi-service");
const remaining = new Set(pristine(today, withEarlierAnswers(today, answers)).files.map(({ path }) => path));

/** What the service kit replaces. */
const gone = nonEmpty(Object.keys(contents).filter((path) => !remaining.has(path) && path.startsWith("src/")));

const paths = Object.keys(contents).filter((path) => contents[path] !== "");
const edits = array(record({ does: constantFrom("insert", "insert", "insert", "remove"), file: nat(), line: nat() }), {
  minLength: 1,
  maxLength: 8,
});

describe("a service made before the service kit", () => {
  it(
    "A service made before the service kit moves to it with every line of its owners, and learns what replaces what they changed",
    async () => {
      const seen = { removed: 0, kept: 0 };
      await assert(
        asyncProperty(edits, async (done) => {
          const service = await TrialService.create(before, answers);
          try {
            const edited = new Map<string, string[]>();
            const removed = new Set<string>();
            for (const [at, { does, file, line }] of done.entries()) {
              const path = paths[file % paths.length] ?? "";
              if (removed.has(path)) continue;
              if (does === "remove") {
                removed.add(path);
                edited.delete(path);
                await rm(join(service.folder, path));
                continue;
              }
              const mine = `# ours ${at}`;
              const text = (await service.read(path)).split("\n");
              text.splice(line % text.length, 0, mine);
              await service.write(path, text.join("\n"));
              edited.set(path, [...(edited.get(path) ?? []), mine]);
            }
            await service.commit();
            const updated = await service.update(today, {
              complete: async (_template, given) => given,
            });
            const now = await service.files();
            const everything = Object.values(now).join("\n").split("\n");
            expect([...edited.values()].flat().filter((mine) => !everything.includes(mine))).toEqual([]);
            expect([...removed].filter((path) => path in now)).toEqual([]);
            expect(gone.filter((path) => !edited.has(path) && path in now)).toEqual([]);
            const kept = gone.filter((path) => edited.has(path));
            expect(updated.conflicts).toEqual(expect.arrayContaining(kept));
            const replaced = kept.map((path) => expect.objectContaining({ path, now: expect.any(String) as string }));
            expect(updated.replaced).toEqual(expect.arrayContaining(replaced));
            seen.removed += removed.size;
            seen.kept += kept.length;
          } finally {
            await service.remove();
          }
        }),
        effort({ daily: 20, nightly: 400, seed: 20 }),
      );
      // Both must occur, or this proves only a part of the claim.
      expect(Math.min(seen.removed, seen.kept)).toBeGreaterThan(2);
    },
    isNightly ? 3_600_000 : 300_000,
  );
});
