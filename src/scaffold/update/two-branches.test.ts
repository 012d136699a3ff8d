import { afterEach, describe, expect, it } from "vitest";
import { templateOf, testAnswers, TrialService } from "../../../test/support/updated-service.ts";
import { checkService } from "./check-service.ts";
import { parseRecord, readBase } from "./record.ts";
import { withBothSides } from "./two-sides.ts";

const template = templateOf(
  "1.0.0",
  {
    "README.md": "# <%= it.name %>\n\nowned by <%= it.owner %>\n",
    "redis.py": "<%= it.redis ? 'redis' : 'none' %>\n",
    "calls.py": "<%= it.depends_on.map(({ name }) => name).join() %>\n",
  },
  { features: { redis: "a cache" } },
);
const base = ".gennet/base.json";

let service: TrialService;
afterEach(() => service.remove());

/** Makes two branches that each added something, merged as far as Git can. */
const merge = async (): Promise<void> => {
  service = await TrialService.create(template, { ...testAnswers, features: [], depends_on: [] });
  await service.run("checkout", "--quiet", "-b", "other");
  await service.add(template, "features", ["redis"]);
  await service.commit();
  await service.run("checkout", "--quiet", "main");
  await service.add(template, "depends_on", ["payments"]);
  await service.commit();
  await service.run("merge", "other").catch(() => undefined);
};
const sides = (ours: string, theirs: string, before = ""): string =>
  `# kept\ntemplate: t\nversion: 1.0.0\nanswers:\n  name: orders\n<<<<<<< HEAD\n${ours}${before}=======\n${theirs}>>>>>>> other\n  regions: []\n`;
const resolveAnswers = (): Promise<void> =>
  service.write(
    ".gennet/answers.yaml",
    "template: test\nversion: 1.0.0\nanswers:\n  name: orders\n  domain: shop\n  owner: team\n  regions: []\n  features: [redis]\n  depends_on: [payments]\n",
  );

describe("two branches that each added something", () => {
  it("Two branches are recognised by the conflict markers in base.json, with the command that renders it again", async () => {
    await merge();
    await resolveAnswers();
    expect(await service.read(base)).toContain("<<<<<<<");
    await expect(checkService(service.folder, "my services/orders", async () => template)).rejects.toMatchObject({
      code: "SCAFFOLD_RECORD_CONFLICT",
      exit: 7,
      message:
        "my services/orders/.gennet/base.json contains conflict markers of a merge: write it again from the answers.",
      next: ["gennet service update --base 'my services/orders' && git add 'my services/orders/.gennet/base.json'"],
    });
  });

  it("Two branches get both sets of answers back with the command that the error suggests", async () => {
    await merge();
    const answers = ".gennet/answers.yaml";
    expect(await service.read(answers)).toContain("<<<<<<<");
    await expect(checkService(service.folder, "my services/orders", async () => template)).rejects.toMatchObject({
      code: "SCAFFOLD_RECORD_CONFLICT",
      next: [
        "gennet service update --base 'my services/orders' && git add 'my services/orders/.gennet/answers.yaml' 'my services/orders/.gennet/base.json'",
      ],
    });
    expect(await service.update(template, { base: true })).toMatchObject({
      state: "updated",
      files: [{ path: answers }, { path: base }],
    });
    expect(await service.read(answers)).not.toContain("<<<<<<<");
    await service.commit();
    expect(await readBase(service.folder, ".")).toMatchObject({
      answers: { features: ["redis"], depends_on: ["payments"] },
    });
    expect(await checkService(service.folder, ".", async () => template)).toMatchObject({ outdated: false });
  });

  it("Two branches get one base again, with what both added", async () => {
    await merge();
    await resolveAnswers();
    expect(await service.update(template, { base: true })).toMatchObject({
      state: "updated",
      files: [{ path: base, change: "changed" }],
    });
    await service.commit();
    expect(await readBase(service.folder, ".")).toMatchObject({
      answers: { features: ["redis"], depends_on: ["payments"] },
    });
    expect(await service.files()).toMatchObject({ "redis.py": "redis\n", "calls.py": "payments\n" });
    expect(await checkService(service.folder, ".", async () => template)).toMatchObject({ outdated: false });
  });

  it("Two branches keep the base of one if this gennet cannot render their version, and the update merges the rest", async () => {
    await merge();
    await resolveAnswers();
    const newer = { ...template, version: "1.1.0" };
    await expect(service.update(newer, { base: true })).rejects.toMatchObject({
      code: "SCAFFOLD_BASE_MISSING",
      next: [
        expect.stringMatching(/^git checkout --ours -- services\/orders\/\.gennet\/base\.json {2}# /) as string,
        expect.anything() as string,
      ],
    });
    await service.run("checkout", "--ours", "--", "services/orders/.gennet/base.json");
    await service.commit();
    expect(await service.update(newer)).toMatchObject({ state: "updated", conflicts: [] });
    expect(await service.files()).toMatchObject({ "redis.py": "redis\n", "calls.py": "payments\n" });
  });
});

describe("answers that differ from those of the base", () => {
  it("Answers that differ from the base are listed by check, with the previous ones, and by update", async () => {
    service = await TrialService.create(template);
    const path = ".gennet/answers.yaml";
    await service.write(path, (await service.read(path)).replace("owner: team", "owner: team-new"));
    await service.commit();
    const answers = [{ key: "owner", before: "team", after: "team-new" }];
    expect(await checkService(service.folder, ".", async () => template)).toMatchObject({ outdated: true, answers });
    expect(await service.update(template)).toMatchObject({ answers, files: [{ path: "README.md" }] });
    expect(await service.read("README.md")).toContain("team-new");
    await service.commit();
    expect(await checkService(service.folder, ".", async () => template)).toMatchObject({
      outdated: false,
      answers: [],
    });
  });

  it("Answers that remove files delete those that were not edited, and leave the others as conflicts", async () => {
    const files = { "a.py": "a\n", "b.py": "b\n", "c.py": "c\n" };
    const some = templateOf("1.0.0", files, {
      features: { redis: "a cache" },
      conditions: { "a.py": "redis", "b.py": "redis" },
    });
    service = await TrialService.create(some, { ...testAnswers, features: ["redis"] });
    await service.write("b.py", "b\nmine\n");
    const path = ".gennet/answers.yaml";
    await service.write(path, (await service.read(path)).replace(/features:\n\s+- redis/, "features: []"));
    await service.commit();
    expect(await service.update(some)).toMatchObject({
      conflicts: ["b.py"],
      answers: [{ key: "features", after: "none" }],
    });
    expect(Object.keys(await service.files())).toEqual(["b.py", "c.py"]);
    expect(await service.read("b.py")).toBe("b\nmine\n");
  });

  it("Answers that change no file only change gennet's records, which update reports", async () => {
    service = await TrialService.create(templateOf("1.0.0", { "a.py": "a\n" }));
    const path = ".gennet/answers.yaml";
    await service.write(path, (await service.read(path)).replace("owner: team", "owner: team-new"));
    await service.commit();
    expect(await service.update(templateOf("1.1.0", { "a.py": "a\n" }))).toMatchObject({ state: "updated", files: [] });
  });
});

describe("answers of two branches", () => {
  const list = (key: string, ...names: string[]): string =>
    `  ${key}:${names.length === 0 ? " []" : names.map((name) => `\n    - ${name}`).join("")}\n`;

  it.each([
    ["two features", list("features", "neo4j"), list("features", "redis"), list("features", "neo4j", "redis")],
    [
      "one that both added, too",
      list("called_by", "a", "b"),
      list("called_by", "b", "c"),
      list("called_by", "a", "b", "c"),
    ],
    ["a first one on one side", list("features"), list("features", "redis"), list("features", "redis")],
    [
      "lists of two questions",
      list("features", "redis") + list("depends_on"),
      list("features") + list("depends_on", "a"),
      list("features", "redis") + list("depends_on", "a"),
    ],
  ])("Answers of two branches are merged: %s", (_what, ours, theirs, both) => {
    const expected = `# kept\ntemplate: t\nversion: 1.0.0\nanswers:\n  name: orders\n${both}  regions: []\n`;
    expect(withBothSides(sides(ours, theirs))).toBe(expected);
    expect(withBothSides(sides(ours, theirs, "||||||| base\n  features: []\n"))).toBe(expected);
  });

  it("Answers of two branches are left to the user if they differ in more than names", () => {
    expect(withBothSides(sides("  owner: a\n", "  owner: b\n"))).toBe(undefined);
    expect(withBothSides(sides("  owner: a\n", ""))).toBe(undefined);
    expect(() => parseRecord(sides("  owner: a\n", "  owner: b\n"), "orders")).toThrow("choose one of the answers");
  });
});
