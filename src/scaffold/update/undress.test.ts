import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { templateOf, TrialService } from "../../../test/support/updated-service.ts";
import { diffService } from "./diff-service.ts";
import { dressed, dressOf, plain } from "./file-dress.ts";

const body = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join("");
const config = "a: 1 # one\nb: 2\nlist:\n  - name: x\n    port: 1\n";
const first = { "README.md": body, "config.yaml": config, "src/app.py": body };
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

let service: TrialService;
afterEach(() => service.remove());
const start = async (edits: Record<string, string>): Promise<void> => {
  service = await TrialService.create(templateOf("1.0.0", first));
  for (const [path, text] of Object.entries(edits)) await service.write(path, text);
  await service.commit();
};
const newer = {
  ...first,
  "README.md": body.replace("line 3", "theirs"),
  "config.yaml": config.replace("b: 2", "b: 3"),
};

describe("a service with Windows line endings", () => {
  it("A service with Windows line endings is merged like any other, and keeps them", async () => {
    const readme = crlf(body.replace("line 9", "mine"));
    const bytes = {
      "README.md": readme,
      "config.yaml": crlf(config.replace("a: 1", "a: 5")),
      "src/app.py": crlf(body),
    };
    await start(bytes);
    expect(await service.update(templateOf("1.1.0", newer))).toMatchObject({ state: "updated", conflicts: [] });
    expect(await service.files()).toEqual({
      "README.md": readme.replace("line 3", "theirs"),
      "config.yaml": crlf(config.replace("a: 1", "a: 5").replace("b: 2", "b: 3")),
      "src/app.py": crlf(body),
    });
  });

  it("A service with Windows line endings has conflicts only in lines that both changed, in all three stages with its endings", async () => {
    await start({ "README.md": crlf(body.replace("line 3", "mine")) });
    expect(await service.update(templateOf("1.1.0", newer))).toMatchObject({ conflicts: ["README.md"] });
    const text = await service.read("README.md");
    expect(dressOf(text)).toEqual({ mark: false, crlf: true });
    expect(text).toContain("<<<<<<< yours\r\nmine\r\n");
    expect(text.match(/^line /gm)).toHaveLength(12 - 1 + 1);
    for (const stage of [1, 2, 3]) {
      const side = await service.run("show", `:${stage}:services/orders/README.md`);
      expect(side).toBe(crlf(plain(side)));
    }
  });

  it("A service with Windows line endings keeps them in a renamed file, and in gennet's records", async () => {
    const answers = ".gennet/answers.yaml";
    service = await TrialService.create(templateOf("1.0.0", first));
    for (const path of ["README.md", answers, ".gennet/base.json"])
      await service.write(path, crlf(await service.read(path)));
    await service.commit();
    const { "README.md": _moved, ...others } = newer;
    await service.update(templateOf("1.1.0", { ...others, "docs/README.md": body.replace("line 3", "theirs") }));
    expect(await service.read("docs/README.md")).toBe(crlf(body.replace("line 3", "theirs")));
    for (const path of [answers, ".gennet/base.json"]) expect(dressOf(await service.read(path))?.crlf).toBe(true);
    await service.commit();
    expect(await service.update(templateOf("1.1.0", { ...others, "docs/README.md": body }))).toMatchObject({
      files: [{ path: "docs/README.md", change: "changed" }],
    });
  });

  it("A service with Windows line endings has not drifted from its template", async () => {
    await start({ "README.md": crlf(body), "config.yaml": `\ufeff${config}` });
    expect(await diffService(service.folder, ".", service.git)).toMatchObject({ files: [], patch: "" });
  });
});

describe("a byte order mark", () => {
  it("A byte order mark is kept, and does not count as a change", async () => {
    await start({ "config.yaml": `\ufeff${config.replace("a: 1", "a: 5")}` });
    expect(await service.update(templateOf("1.1.0", newer))).toMatchObject({ state: "updated", conflicts: [] });
    expect(await service.read("config.yaml")).toBe(`\ufeff${config.replace("a: 1", "a: 5").replace("b: 2", "b: 3")}`);
  });

  it("A byte order mark in gennet's records is ignored", async () => {
    await start({});
    for (const path of [".gennet/answers.yaml", ".gennet/base.json"]) {
      await service.write(path, `\ufeff${await service.read(path)}`);
    }
    await service.commit();
    expect(await service.update(templateOf("1.1.0", newer))).toMatchObject({ state: "updated" });
  });
});

describe("files that are not plain text", () => {
  it("A file with mixed line endings or another encoding keeps its bytes", async () => {
    const mixed = `${body}mine\r\n`;
    await start({ "README.md": mixed });
    await service.update(templateOf("1.1.0", newer));
    expect(await service.read("README.md")).toBe(mixed.replace("line 3", "theirs"));
    await rm(join(service.folder, "README.md"));
  });

  it("A file with mixed line endings keeps the ending of each line, and is merged like any other", async () => {
    const half = crlf(body.slice(0, body.indexOf("line 6"))) + body.slice(body.indexOf("line 6"));
    const mixed = config.replaceAll("\n", "\r\n").replace("a: 1 # one\r\n", "a: 5 # one\n");
    await start({ "README.md": half.replace("line 9", "mine"), "config.yaml": mixed });
    const changed = templateOf("1.1.0", { ...newer, "README.md": body.replace("line 3", "theirs\nand more") });
    expect(await service.update(changed)).toMatchObject({ conflicts: [], structural: ["config.yaml"] });
    const expected = half.replace("line 9", "mine").replace("line 3\r\n", "theirs\nand more\n");
    expect(await service.read("README.md")).toBe(expected);
    expect(await service.read("config.yaml")).toBe(mixed.replace("b: 2", "b: 3"));
  });

  it("A file that is not plain text is written unchanged", () => {
    for (const text of [
      "a\r\nb\r\n",
      "a\r\na\na\r\n\r\n\nb",
      "\ufeffa\nb\r\n",
      "\ufeffa\n",
      "\ufeffa\r\n",
      "a\r\nb\n",
      "a\n",
      "",
      "a\rb",
    ]) {
      expect(dressed(plain(text), dressOf(text))).toBe(text);
    }
  });
});
