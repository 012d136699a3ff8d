import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
  uniqueArray,
} from "fast-check";
import { describe, expect, it } from "vitest";
import { effort } from "../../../test/support/effort.ts";
import { templateOf, TrialService } from "../../../test/support/updated-service.ts";

/** The edits of one side between two versions: positions are taken modulo the number of existing lines. */
type Edit =
  | { readonly does: "insert" | "replace" | "remove-line"; readonly file: number; readonly line: number }
  | { readonly does: "remove" | "rename"; readonly file: number }
  | { readonly does: "add" };

type Files = Readonly<Record<string, string>>;

const place = nat({ max: 40 });
const edit: Arbitrary<Edit> = oneof(
  {
    weight: 6,
    arbitrary: record({ does: constantFrom("insert", "replace", "remove-line"), file: place, line: place }),
  },
  { weight: 1, arbitrary: record({ does: constantFrom("remove", "rename"), file: place }) },
  { weight: 1, arbitrary: record({ does: constant("add") }) },
);
const edits = array(edit, { minLength: 1, maxLength: 6 });

/** Files whose lines all differ, so that each line can be identified. */
const original: Files = Object.fromEntries(
  ["src/a.py", "src/b.py", "deploy/c.yaml", "README.md", "deploy/d.json"].map((path, file) => [
    path,
    path.endsWith(".json")
      ? `${JSON.stringify(Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`key${at}`, `d${at}`])), null, 2)}\n`
      : text(Array.from({ length: 12 }, (_, at) => lineOf(path, `base${file}x${at}`))),
  ]),
);

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function lineOf(path: string, word: string): string {
  return path.endsWith(".yaml") ? `${word}: value` : path.endsWith(".json") ? `  "${word}": "value",` : `line ${word}`;
}

/** The files after the edits, and each line that a side wrote itself. */
function apply(
  files: Files,
  done: readonly Edit[],
  side: string,
): { files: Files; added: string[]; removed: string[] } {
  const now = new Map(Object.entries(files));
  const removed: string[] = [];
  for (const [at, each] of done.entries()) {
    if (each.does === "add") {
      now.set(`src/${side}${at}.py`, text([`line ${side}${at}new`, `line ${side}${at}newer`]));
      continue;
    }
    const paths = [...now.keys()].toSorted();
    const path = paths[each.file % Math.max(1, paths.length)];
    if (path === undefined) continue;
    const lines = (now.get(path) ?? "").split("\n").slice(0, -1);
    if (!("line" in each)) {
      if (each.does === "rename") now.set(path.replace(/(\w+)(\.\w+)$/, `$1${side}$2`), text(lines));
      else removed.push(path);
      now.delete(path);
      continue;
    }
    const fresh = lineOf(path, `${side}${at}edit`);
    // The first and last line of a JSON file must stay.
    const inside = path.endsWith(".json")
      ? 1 + (each.line % Math.max(1, lines.length - 2))
      : each.line % (lines.length + 1);
    if (each.does === "insert") lines.splice(inside, 0, fresh);
    else lines.splice(inside, 1, ...(each.does === "replace" ? [fresh] : []));
    now.set(path, text(lines));
  }
  const written = [...now.values()].flatMap((content) => content.split("\n"));
  const added = written.filter((line) => line.includes(side));
  return { files: Object.fromEntries(now), added, removed: removed.filter((path) => !now.has(path)) };
}

async function withService(files: Files, work: (service: TrialService) => Promise<void>): Promise<void> {
  const service = await TrialService.create(templateOf("1.0.0", files));
  try {
    await work(service);
  } finally {
    await service.remove();
  }
}

async function makeIt(service: TrialService, files: Files): Promise<void> {
  for (const path of Object.keys(await service.files())) {
    if (!(path in files)) await rm(join(service.folder, path));
  }
  for (const [path, content] of Object.entries(files)) await service.write(path, content);
  await service.commit();
}

const linesIn = (files: Files): string[] => Object.values(files).flatMap((content) => content.split("\n"));
const many = effort({ daily: 20, nightly: 500, seed: 4 });
const some = effort({ daily: 6, nightly: 100, seed: 4 });

describe("histories of user and template", () => {
  it("Random histories lose no line of the user, and hide no conflict", async () => {
    const seen = { merged: 0, conflicting: 0 };
    const property = asyncProperty(edits, edits, async (mine, theirs) => {
      const user = apply(original, mine, "mine");
      const template = apply(original, theirs, "theirs");
      await withService(original, async (service) => {
        await makeIt(service, user.files);
        const updated = await service.update(templateOf("1.1.0", template.files));
        const outcome = await service.files();
        const written = new Set(linesIn(outcome).map((line) => line.replace(/,$/, "")));
        const has = (line: string): boolean => written.has(line.replace(/,$/, ""));
        expect(user.added.filter((line) => !has(line))).toEqual([]);
        const unmerged = (await service.run("diff", "--name-only", "--diff-filter=U"))
          .trim()
          .split("\n")
          .filter(Boolean);
        const conflicts = updated.conflicts.map((path) => `services/orders/${path}`);
        expect(unmerged.toSorted()).toEqual(conflicts.toSorted());
        const marked = Object.keys(outcome).filter((path) => /^(<{7}|>{7}|={7})/m.test(outcome[path] ?? ""));
        expect(marked.filter((path) => !updated.conflicts.includes(path))).toEqual([]);
        expect(Object.keys(outcome).filter((path) => path.endsWith(".rej") || path.endsWith(".orig"))).toEqual([]);
        expect(user.removed.filter((path) => path in outcome && !(path in template.files))).toEqual([]);
        const apart = conflicts.length === 0 && updated.leftDeleted.length === 0 && user.removed.length === 0;
        expect(apart ? template.added.filter((line) => !has(line)) : []).toEqual([]);
        if (conflicts.length === 0) seen.merged++;
        else seen.conflicting++;
      });
    });
    await assert(property, many);
    // Both outcomes must occur, or this proves only half of the claim.
    expect(Math.min(seen.merged, seen.conflicting)).toBeGreaterThan(2);
  });

  it("Random histories give the expected merge if the sides change different places", async () => {
    const line = nat({ max: 4 });
    const property = asyncProperty(uniqueArray(line), uniqueArray(line), async (mine, theirs) => {
      const path = "src/a.py";
      const lines = Array.from({ length: 40 }, (_, at) => `line base${at}`);
      const with_ = (user: readonly number[], template: readonly number[]): Files => ({
        // The user's places and the template's are four lines apart.
        [path]: text(
          lines.map((each, at) =>
            user.includes(at / 8) ? `${each} mine` : template.includes((at - 4) / 8) ? `${each} theirs` : each,
          ),
        ),
      });
      await withService(with_([], []), async (service) => {
        await makeIt(service, with_(mine, []));
        expect(await service.update(templateOf("1.1.0", with_([], theirs)))).toMatchObject({ conflicts: [] });
        expect(await service.files()).toEqual(with_(mine, theirs));
      });
    });
    await assert(property, some);
  });

  it("Random histories give exactly the new render if nothing was edited", async () => {
    const property = asyncProperty(edits, async (theirs) => {
      const template = apply(original, theirs, "theirs");
      await withService(original, async (service) => {
        await service.update(templateOf("1.1.0", template.files));
        expect(await service.files()).toEqual(template.files);
      });
    });
    await assert(property, some);
  });

  it("Random histories change nothing if the template did not change", async () => {
    const property = asyncProperty(edits, async (mine) => {
      const user = apply(original, mine, "mine");
      await withService(original, async (service) => {
        await makeIt(service, user.files);
        await service.update(templateOf("1.1.0", original));
        expect(await service.files()).toEqual(user.files);
        expect(await service.run("diff", "--name-only")).not.toMatch(/orders\/(?!\.gennet)/);
      });
    });
    await assert(property, some);
  });
});
