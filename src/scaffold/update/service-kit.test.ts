import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { templateOf, testAnswers, TrialService } from "../../../test/support/updated-service.ts";
import type { Template } from "../template.ts";
import { checkService } from "./check-service.ts";
import { diffService } from "./diff-service.ts";

const project = `[project]
dependencies = [
    "gennet-service-kit[redis]==<%= it.kit.version %>",
]
`;

function template(kit: string, { version = kit, bytes = `wheel ${kit}` } = {}): Template {
  const file = `gennet_service_kit-${kit}-py3-none-any.whl`;
  const wheel = { name: "gennet-service-kit", version: kit, file, content: Buffer.from(`PK\0${bytes}\xff`, "latin1") };
  return templateOf(version, { "pyproject.toml": project, "README.md": "a\n" }, { kit: wheel });
}

const wheel = (version: string): string => `vendor/gennet_service_kit-${version}-py3-none-any.whl`;

let service: TrialService;
afterEach(() => service.remove());

const at = (path: string): string => join(service.folder, path);
const start = async (edit?: () => Promise<unknown>): Promise<void> => {
  service = await TrialService.create(template("1.0.0"));
  await edit?.();
  await service.commit();
};
const check = (latest: Template) => checkService(service.folder, ".", async () => latest);
const paths = async (): Promise<string[]> => Object.keys(await service.files());

describe("the wheel of the service kit", () => {
  it("The wheel of the service kit is recorded by its hash only", async () => {
    await start();
    const base = JSON.parse(await service.read(".gennet/base.json")) as { kit: object; files: object };
    expect(base.kit).toEqual({ path: wheel("1.0.0"), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(Object.keys(base.files)).toEqual(["README.md", "pyproject.toml"]);
  });

  it("The wheel of the service kit is replaced by an update, with the version that the project pins", async () => {
    await start();
    expect(await check(template("1.1.0"))).toMatchObject({
      outdated: true,
      kit: { version: "1.0.0", shipped: "1.1.0", state: "outdated" },
    });
    const locks: string[] = [];
    await writeFile(at("uv.lock"), "locked\n");
    await service.commit();
    const relock = async (_folder: string, lock: string): Promise<boolean> => locks.push(lock) > 0;
    const dry = await service.update(template("1.1.0"), { dryRun: true });
    expect(dry.patch).toContain(`Binary files a/${wheel("1.0.0")} and /dev/null differ\n`);
    expect(dry.patch).toContain('+    "gennet-service-kit[redis]==1.1.0",');
    const updated = await service.update(template("1.1.0"), { relock });
    expect(updated).toMatchObject({ state: "updated", conflicts: [], relocked: ["uv.lock"] });
    expect(await paths()).toEqual(["README.md", "pyproject.toml", "uv.lock", wheel("1.1.0")]);
    expect(await service.read("pyproject.toml")).toContain("[redis]==1.1.0");
    expect(locks).toEqual(["uv.lock"]);
    expect(await check(template("1.1.0"))).toMatchObject({ outdated: false, kit: { state: "current" } });
    await service.commit();
    expect(await service.update(template("1.1.0"))).toMatchObject({ state: "current" });
  });

  it("The wheel of the service kit is added to a service whose template had none", async () => {
    service = await TrialService.create(templateOf("0.5.0", { "README.md": "a\n" }));
    expect(await check(template("1.0.0"))).toMatchObject({ outdated: true, kit: { version: null, state: "absent" } });
    expect(await service.update(template("1.0.0"))).toMatchObject({ state: "updated", conflicts: [] });
    expect(await paths()).toEqual(["README.md", "pyproject.toml", wheel("1.0.0")]);
  });

  it("The wheel of the service kit is not written if a package index has it", async () => {
    service = await TrialService.create(template("1.0.0"), {
      ...testAnswers,
      package_index: "acme=https://acme/simple/",
    });
    expect(await paths()).toEqual(["README.md", "pyproject.toml"]);
    expect(await service.update(template("1.1.0"))).toMatchObject({
      state: "updated",
      files: [{ path: "pyproject.toml" }],
    });
  });

  it("The wheel of the service kit is removed when the service takes the kit from an index instead", async () => {
    await start(async () => {
      const answers = await service.read(".gennet/answers.yaml");
      await service.write(".gennet/answers.yaml", `${answers}  package_index: acme=https://acme/simple/\n`);
    });
    expect(await service.update(template("1.0.0"))).toMatchObject({
      state: "updated",
      files: [{ path: wheel("1.0.0"), change: "removed" }],
    });
    expect(await paths()).toEqual(["README.md", "pyproject.toml"]);
  });

  it("The wheel of the service kit stays deleted if the service deleted it", async () => {
    await start(() => rm(at("vendor"), { recursive: true }));
    expect(await service.update(template("1.1.0"))).toMatchObject({
      state: "updated",
      leftDeleted: [wheel("1.1.0")],
    });
    expect(await paths()).toEqual(["README.md", "pyproject.toml"]);
  });

  it("The wheel of the service kit is a conflict if the service changed it, and stays as it is", async () => {
    await start(() => writeFile(at(wheel("1.0.0")), "patched\0by us"));
    expect(await service.update(template("1.1.0"))).toMatchObject({ state: "conflicts", conflicts: [wheel("1.0.0")] });
    expect(await service.read(wheel("1.0.0"))).toBe("patched\0by us");
    expect(await paths()).toContain(wheel("1.1.0"));
    expect(await service.run("ls-files", "--unmerged")).toMatch(/ 2\tservices\/orders\/vendor\//);
  });

  it("The wheel of the service kit is a conflict under one name, with both sides in the index", async () => {
    await start(() => writeFile(at(wheel("1.0.0")), "patched\0by us"));
    const rebuilt = template("1.0.0", { version: "1.0.1", bytes: "rebuilt" });
    expect(await service.update(rebuilt)).toMatchObject({ state: "conflicts", conflicts: [wheel("1.0.0")] });
    await service.run("checkout", "--theirs", "--", `services/orders/${wheel("1.0.0")}`);
    expect(await service.read(wheel("1.0.0"))).toContain("rebuilt");
  });

  it("The wheel of the service kit is not a conflict if the service already has the new one", async () => {
    await start(async () => {
      await rm(at(wheel("1.0.0")));
      await writeFile(at(wheel("1.1.0")), template("1.1.0").kit?.content ?? "");
      await service.write("pyproject.toml", (await service.read("pyproject.toml")).replace("1.0.0", "1.1.0"));
    });
    expect(await check(template("1.0.0"))).toMatchObject({ outdated: false, kit: { state: "newer" } });
    expect(await service.update(template("1.1.0"))).toMatchObject({ state: "updated", conflicts: [] });
    expect(await paths()).toEqual(["README.md", "pyproject.toml", wheel("1.1.0")]);
  });

  it("The wheel of the service kit is one line of a diff", async () => {
    await start(() => writeFile(at(wheel("1.0.0")), "patched\0by us"));
    const { files, patch } = await diffService(service.folder, ".", service.git);
    expect(files).toEqual([{ path: wheel("1.0.0"), change: "changed" }]);
    expect(patch).toBe(`Binary files a/${wheel("1.0.0")} and b/${wheel("1.0.0")} differ\n`);
  });
});

describe("a version of the kit that was pinned by hand", () => {
  const pin = (version: string) => async (): Promise<void> =>
    service.write("pyproject.toml", (await service.read("pyproject.toml")).replace("==1.0.0", `==${version}`));

  it("A pinned kit version is outdated, but not by an update, if it is older than the template's", async () => {
    await start(pin("0.9.0"));
    expect(await check(template("1.0.0"))).toMatchObject({
      outdated: true,
      changes: [],
      kit: { version: "0.9.0", shipped: "1.0.0", state: "pinned" },
    });
  });

  it("A pinned kit version is a conflict if the template pins another one, too", async () => {
    await start(pin("1.5.0"));
    expect(await check(template("1.1.0"))).toMatchObject({ kit: { version: "1.5.0", state: "newer" } });
    expect(await service.update(template("1.1.0"))).toMatchObject({ conflicts: ["pyproject.toml"] });
    expect(await service.read("pyproject.toml")).toContain("==1.5.0");
  });

  it("A pinned kit version is absent if the service has a range, which stays", async () => {
    await start(async () =>
      service.write("pyproject.toml", (await service.read("pyproject.toml")).replace("==1.0.0", ">=1")),
    );
    expect(await check(template("1.0.0"))).toMatchObject({ outdated: false, kit: { version: null, state: "absent" } });
  });
});
