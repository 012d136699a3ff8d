import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPlatform } from "./load.ts";

const valid = `name: acme
domain: acme.example
regions: [{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}]
`;

describe("finding gennet.yaml", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gennet-load-"));
    await mkdir(join(folder, "services", "orders"), { recursive: true });
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("gennet.yaml is found in the current folder and its parents, nearest first", async () => {
    await writeFile(join(folder, "gennet.yaml"), valid);
    expect((await loadPlatform(join(folder, "services", "orders"), undefined)).name).toBe("acme");
    await writeFile(join(folder, "services", "gennet.yaml"), valid.replace("acme", "nearer"));
    expect((await loadPlatform(join(folder, "services", "orders"), undefined)).name).toBe("nearer");
  });

  it("gennet.yaml may be given with a relative or an absolute path", async () => {
    await writeFile(join(folder, "gennet.yaml"), valid.replace("acme", "nearest"));
    await writeFile(join(folder, "services", "other.yaml"), valid);
    expect((await loadPlatform(folder, "services/other.yaml")).name).toBe("acme");
    expect((await loadPlatform("/", join(folder, "services", "other.yaml"))).name).toBe("acme");
  });

  it("gennet.yaml is named relative to the current folder", async () => {
    await writeFile(join(folder, "gennet.yaml"), "name: 1\n");
    await expect(loadPlatform(join(folder, "services"), undefined)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^\.\.\/gennet\.yaml:1:7: name: /) as string,
    });
  });

  it("A missing gennet.yaml is reported with the next steps", async () => {
    await expect(loadPlatform(folder, undefined)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND", exit: 2 });
    await expect(loadPlatform(folder, "other.yaml")).rejects.toMatchObject({
      code: "CONFIG_NOT_FOUND",
      message: "The file other.yaml does not exist.",
    });
  });

  it("A gennet.yaml that is not UTF-8 is reported", async () => {
    await writeFile(join(folder, "gennet.yaml"), Buffer.from(`\ufeff${valid}`, "utf16le"));
    await expect(loadPlatform(folder, undefined)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: `${join(folder, "gennet.yaml")}:1:1: expected text in UTF-8`,
    });
  });

  it("A gennet.yaml that is a folder is reported", async () => {
    await mkdir(join(folder, "gennet.yaml"));
    await expect(loadPlatform(folder, undefined)).rejects.toMatchObject({
      code: "CONFIG_UNREADABLE",
      exit: 2,
      message: expect.stringContaining("EISDIR") as string,
    });
  });
});
