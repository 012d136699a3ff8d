import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Kit } from "../../src/scaffold/kit/kit.ts";
import { shippedTemplate } from "../../src/scaffold/shipped-template.ts";
import { repository, run } from "../support/cli.ts";
import { findUv } from "../support/uv.ts";

/** Returns the files of a wheel, with the fields of METADATA as a set, because uv writes them in another order. */
const contents = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    assert wheel.testzip() is None
    files = {name: wheel.read(name).decode() for name in wheel.namelist() if not name.endswith("/")}
[info] = {name.split("/")[0] for name in files if ".dist-info/" in name}
head, _, body = files.pop(f"{info}/METADATA").partition("\\n\\n")
files = {name: text for name, text in files.items() if ".dist-info/" not in name}
print(json.dumps({"info": info, "fields": sorted(head.splitlines()), "readme": body, "files": files}, sort_keys=True))`;

describe("the wheel of the service kit", () => {
  let folder: string;
  let uv: string;
  let kit: Kit;
  const read = async (path: string): Promise<unknown> => {
    const { exit, stdout, stderr } = await run("python3", ["-c", contents, path]);
    if (exit !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    uv = await findUv();
    folder = await mkdtemp(join(tmpdir(), "gennet-kit-"));
    const shipped = (await shippedTemplate("fastapi-service")).kit;
    if (shipped === undefined) throw new Error("The template has no kit.");
    kit = shipped;
    await writeFile(join(folder, kit.file), kit.content);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("The wheel of the service kit has the name, files and metadata that uv builds from the same sources", async () => {
    const out = join(folder, "uv");
    const built = await run(uv, ["build", "--wheel", "--quiet", "--offline", "--out-dir", out, "service-kit"], {
      cwd: repository,
    });
    expect(built).toMatchObject({ exit: 0 });
    const name = (await readdir(out)).find((file) => file.endsWith(".whl")) ?? "";
    expect(name).toBe(kit.file);
    expect(await read(join(folder, kit.file))).toEqual(await read(join(out, name)));
  });

  it("The wheel of the service kit is in the built gennet, byte for byte", async () => {
    const path = join(repository, "dist/service-kit", kit.file);
    expect(await read(path)).toEqual(await read(join(folder, kit.file)));
  });

  it("The wheel of the service kit can be installed by pip", async () => {
    const python = join(folder, "venv/bin/python");
    expect(await run("python3", ["-m", "venv", join(folder, "venv")])).toMatchObject({ exit: 0 });
    const words = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", join(folder, kit.file)];
    expect(await run(python, words)).toMatchObject({ exit: 0 });
    const { stdout } = await run(python, [
      "-c",
      "from importlib.metadata import version; print(version('gennet-service-kit'))",
    ]);
    expect(stdout.trim()).toBe(kit.version);
  });
});
