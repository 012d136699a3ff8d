import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runGennet } from "../support/cli.ts";

// What a bundler does to lazily loaded packages is only seen in the bundle.
describe("the bundle answers", () => {
  const ask = async (format: string): Promise<string> => {
    const { exit, stdout, stderr } = await runGennet(["explain", "CONFIG_INVALID", "-o", format]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    return stdout;
  };
  const isTheAnswer = { apiVersion: "gennet/v1", kind: "Explanation", items: [{ id: "CONFIG_INVALID" }] };

  it("in JSON", async () => expect(JSON.parse(await ask("json"))).toMatchObject(isTheAnswer));
  it("in JSON by the line", async () => expect(JSON.parse(await ask("ndjson"))).toMatchObject(isTheAnswer));
  it("in YAML", async () => expect(parse(await ask("yaml"))).toMatchObject(isTheAnswer));
  it.each(["table", "wide"])("as a %s", async (format) => expect(await ask(format)).toContain("CONFIG_INVALID"));
});
