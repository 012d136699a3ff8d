import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { referees } from "../support/referees.ts";
import { findUv, keepsBytecode } from "../support/uv.ts";

/** The record that gennet 0.1.0 wrote for a service from the template 0.2.0. */
const fixture = fileURLToPath(new URL("../fixtures/service-0.2.0", import.meta.url));

const author = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
};

const ownRoute = `    @router.get("/{item_id}/name")
    async def get_name(item_id: UUID) -> str:
        return (await store.get(item_id)).name

`;
const ownTest = `import httpx
import pytest


@pytest.mark.anyio
async def test_an_item_has_a_name(client: httpx.AsyncClient) -> None:
    item = (await client.post("/items", json={"name": "lamp"})).json()
    assert (await client.get(f"/items/{item['id']}/name")).json() == "lamp"
`;

/** The owners' edits: original text and replacement. */
const edits: readonly (readonly [path: string, there: string, made: string])[] = [
  ["README.md", "# orders\n", "# Orders, by the shop team\n"],
  ["deploy/deployment.yaml", "memory: 256Mi", "memory: 512Mi # price lists are kept in memory"],
  ["src/orders/items/api.py", "    return router\n", `${ownRoute}    return router\n`],
  ["src/orders/clients/stock.py", "/quotes/{order}", "/shelves/{order}"],
];

/** The files that the owners deleted; only the current template has a kustomization that lists the manifest. */
const deleted = ["tests/test_lint.py", "deploy/horizontal-pod-autoscaler.yaml"];

describe("a service of an older template, with edits of its owners", () => {
  let root: string;
  const at = (path: string): string => join(root, path);
  const git = async (...words: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await run("git", words, { cwd: root, env: author });
    if (exit !== 0) throw new Error(stderr);
    return stdout;
  };
  const commit = async (): Promise<void> => {
    await git("add", "--all");
    await git("commit", "--quiet", "-m", "commit");
  };
  const uv = async (...words: string[]): Promise<Ended> =>
    run(await findUv(), ["run", "--quiet", ...words], { cwd: root, env: keepsBytecode });

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "gennet-older-"));
    const base = JSON.parse(await readFile(join(fixture, "base.json"), "utf8")) as {
      files: Record<string, { lines: string[] }>;
    };
    for (const [path, { lines }] of Object.entries(base.files)) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), lines.join("\n"));
    }
    await cp(fixture, at(".gennet"), { recursive: true });
    await git("init", "--quiet", "--initial-branch=main");
    await commit();
    for (const [path, there, made] of edits) {
      const text = await readFile(at(path), "utf8");
      if (!text.includes(there)) throw new Error(`${path} has no "${there}"`);
      await writeFile(at(path), text.replace(there, made));
    }
    await writeFile(at("tests/test_name.py"), ownTest);
    for (const path of deleted) await rm(at(path));
    await commit();
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it("A service of an older template is updated to the current one with every edit, also in a moved file", async () => {
    expect(await runGennet(["service", "check"], { cwd: root })).toMatchObject({ exit: 8 });
    const { exit, stdout, stderr } = await runGennet(["service", "update", "-o", "json"], { cwd: root });
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    const { items } = JSON.parse(stdout) as { items: object[] };
    expect(items).toMatchObject([{ from: "0.2.0", state: "updated" }]);
    for (const [path, , made] of edits) {
      const today = path.replace("deploy/", "deploy/base/");
      expect(await readFile(at(today), "utf8")).toContain(made);
    }
    for (const path of deleted) {
      const today = path.replace("deploy/", "deploy/base/");
      await expect(readFile(at(today))).rejects.toMatchObject({ code: "ENOENT" });
    }
    const { kubectl } = await referees();
    const PATH = [dirname(kubectl), process.env["PATH"]].join(delimiter);
    expect(await run(kubectl, ["kustomize", at("deploy/base")])).toMatchObject({ exit: 0, stderr: "" });
    await commit();
    expect(await runGennet(["service", "check"], { cwd: root })).toMatchObject({ exit: 0 });
    expect(await runGennet(["lint", "--strict"], { cwd: root, env: { PATH } })).toMatchObject({ exit: 0 });
  });

  it("An updated service passes its own tests, and the one that its owners added", async () => {
    const { exit, stdout } = await uv("pytest", "-q");
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
  });

  it.each([
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["mypy", "--strict"],
  ])("An updated service passes %s %s", async (...words) => {
    const { exit, stdout, stderr } = await uv(...words);
    expect({ exit, output: stdout + stderr }).toMatchObject({ exit: 0 });
  });

  it("An updated service gets a cache with one command", async () => {
    // Its tests created uv.lock.
    await commit();
    const { exit, stdout: said } = await runGennet(["service", "add", "redis"], { cwd: root });
    expect({ exit, said }).toMatchObject({ exit: 0 });
    for (const [path, , made] of edits) {
      expect(await readFile(at(path.replace("deploy/", "deploy/base/")), "utf8")).toContain(made);
    }
    const { exit: passed, stdout } = await uv("pytest", "-q");
    expect({ passed, stdout }).toMatchObject({ passed: 0 });
  });
});
