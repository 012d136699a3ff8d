import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../../test/support/cli.ts";
import { buildWheel } from "./wheel.ts";

const pyproject = `[project]
name = "acme-kit"
version = "1.2.3"
description = "What services share"
readme = "README.md"
license = "Apache-2.0"
requires-python = ">=3.11"
dependencies = ["fastapi>=0.1,<1"]

[project.optional-dependencies]
redis = ["redis>=8", "hiredis; python_version < '3.13'"]
calls = ["httpx>=0.28"]
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-wheel-"));
  await write("pyproject.toml", pyproject);
  await write("README.md", "# Kit: für alle\n");
  await write("src/acme_kit/__init__.py", '"""A kit."""\n');
  await write("src/acme_kit/py.typed", "");
  await write("src/acme_kit/cache/near.py", "x = 1\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** Returns what Python's own reader finds in a wheel. */
async function contents(content: Uint8Array): Promise<Readonly<Record<string, string>>> {
  await writeFile(join(folder, "a.whl"), content);
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    assert wheel.testzip() is None
    print(json.dumps({name: wheel.read(name).decode() for name in wheel.namelist()}))`;
  const { exit, stdout, stderr } = await run("python3", ["-c", script, join(folder, "a.whl")]);
  if (exit !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Readonly<Record<string, string>>;
}

describe("the wheel of a project", () => {
  it("The wheel of a project contains its package, and its metadata", async () => {
    const { name, version, file, content } = await buildWheel(folder);
    expect([name, version, file]).toEqual(["acme-kit", "1.2.3", "acme_kit-1.2.3-py3-none-any.whl"]);
    const found = await contents(content);
    const info = "acme_kit-1.2.3.dist-info";
    expect(Object.keys(found)).toEqual([
      "acme_kit/__init__.py",
      "acme_kit/cache/near.py",
      "acme_kit/py.typed",
      ...["METADATA", "WHEEL", "RECORD"].map((each) => `${info}/${each}`),
    ]);
    expect(found[`${info}/METADATA`]).toBe(`Metadata-Version: 2.4
Name: acme-kit
Version: 1.2.3
Summary: What services share
License-Expression: Apache-2.0
Requires-Dist: fastapi>=0.1,<1
Requires-Dist: httpx>=0.28 ; extra == 'calls'
Requires-Dist: redis>=8 ; extra == 'redis'
Requires-Dist: hiredis ; (python_version < '3.13') and extra == 'redis'
Requires-Python: >=3.11
Provides-Extra: calls
Provides-Extra: redis
Description-Content-Type: text/markdown

# Kit: für alle
`);
    expect(found[`${info}/RECORD`]).toContain(
      "acme_kit/py.typed,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n",
    );
    expect(found[`${info}/RECORD`]).toMatch(/\nacme_kit-1\.2\.3\.dist-info\/RECORD,,\n$/);
  });

  it("The wheel of a project has the same bytes when it is built again, whatever the times of its files", async () => {
    const first = await buildWheel(folder);
    await utimes(join(folder, "src/acme_kit/__init__.py"), 1, 1);
    const second = await buildWheel(folder);
    expect(Buffer.from(second.content).equals(first.content)).toBe(true);
    await write("src/acme_kit/__init__.py", '"""Another kit."""\n');
    expect(Buffer.from((await buildWheel(folder)).content).equals(first.content)).toBe(false);
  });

  it("The wheel of a project excludes files that Python and tools generate", async () => {
    const before = await buildWheel(folder);
    for (const path of ["__pycache__/a.pyc", ".mypy_cache/x.json", ".DS_Store", "cache/near.pyc"]) {
      await write(`src/acme_kit/${path}`, "x");
    }
    expect(Buffer.from((await buildWheel(folder)).content).equals(before.content)).toBe(true);
  });

  it("The wheel of a project is rejected if the project has settings that the wheel would lack", async () => {
    await write("pyproject.toml", `${pyproject}\n[project.scripts]\nkit = "acme_kit:main"\n`);
    await expect(buildWheel(folder)).rejects.toThrow(/scripts/);
  });
});
