import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runGennet } from "../support/cli.ts";

// What a bundler does to lazily loaded packages is only visible in the bundle.
describe("the bundle prints answers", () => {
  const ask = async (format: string): Promise<string> => {
    const { exit, stdout, stderr } = await runGennet(["explain", "CONFIG_INVALID", "-o", format]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    return stdout;
  };
  const isTheAnswer = { apiVersion: "gennet/v1", kind: "Explanation", items: [{ id: "CONFIG_INVALID" }] };

  it("The bundle prints an answer in JSON", async () =>
    expect(JSON.parse(await ask("json"))).toMatchObject(isTheAnswer));
  it("The bundle prints an answer as NDJSON", async () =>
    expect(JSON.parse(await ask("ndjson"))).toMatchObject(isTheAnswer));
  it("The bundle prints an answer in YAML", async () => expect(parse(await ask("yaml"))).toMatchObject(isTheAnswer));
  it.each(["table", "wide"])("The bundle prints an answer as a %s", async (format) =>
    expect(await ask(format)).toContain("CONFIG_INVALID"),
  );
});

it("The bundle runs the same with an empty, full, damaged and missing cache of compiled code", async () => {
  const home = await mkdtemp(join(tmpdir(), "gennet-home-"));
  const ask = (env = {}) => runGennet(["explain", "-o", "json"], { env: { XDG_CACHE_HOME: home, ...env } });
  try {
    const first = await ask();
    expect(first.exit).toBe(0);
    const [build = ""] = await readdir(join(home, "gennet/code"));
    const folder = join(home, "gennet/code", build);
    const chunks = await readdir(folder);
    expect(chunks.some((name) => name.startsWith("explain.run-"))).toBe(true);
    expect(await ask()).toEqual(first);
    for (const name of chunks) await writeFile(join(folder, name), "damaged");
    expect(await ask()).toEqual(first);
    expect(await ask({ XDG_CACHE_HOME: "/proc/none/there" })).toEqual(first);
    expect(await ask({ NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(first);
  } finally {
    await rm(home, { recursive: true });
  }
});
