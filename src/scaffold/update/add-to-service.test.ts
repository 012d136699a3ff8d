import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { templateOf, testAnswers, TrialService } from "../../../test/support/updated-service.ts";
import type { Repository } from "../../git/port.ts";
import type { Answers } from "../render.ts";
import type { Template } from "../template.ts";
import { checkService } from "./check-service.ts";
import { pendingUpdate } from "./pending-update.ts";
import { readRecord } from "./record.ts";

const app =
  "import app\n\n\ndef one():\n    return 1\n\n\n<% if (it.redis) { -%>\nimport cache\n\n\n<% } -%>\ndef two():\n    return 2\n";
const files = {
  "app.py": app,
  "calls.yaml": "<% for (const { name } of it.depends_on) { -%>\n- <%= name %>\n<% } -%>\nend\n",
  "callers.yaml": "<% for (const { name } of it.called_by) { -%>\n- <%= name %>\n<% } -%>\n",
  "cache/redis.py": "cache = 1\n",
  "clients/__client__.py": "class <%= it.dependency.type %>Client: ...\n",
  "pyproject.toml": "dependencies = [<% if (it.redis) { %>'redis'<% } %>]\n",
};
const more = { features: { redis: "a cache", neo4j: "a graph" }, conditions: { cache: "redis" } };
const template = (version = "1.0.0", changed: Record<string, string> = {}): Template =>
  templateOf(version, { ...files, ...changed }, more);

let service: TrialService;
afterEach(() => service.remove());

const start = async (answers: Partial<Answers> = {}): Promise<void> => {
  service = await TrialService.create(template(), { ...testAnswers, ...answers });
};
const status = (): Promise<string> => service.run("status", "--porcelain", "--untracked-files=all");
const recorded = async (): Promise<Answers> => (await readRecord(service.folder, ".")).answers;

describe("adding to a service", () => {
  it("Adding gives exactly what a service made with the addition has", async () => {
    await start();
    const added = await service.add(template(), "features", ["redis"]);
    expect(added).toMatchObject({ state: "updated", added: ["redis"], from: "1.0.0", to: "1.0.0", conflicts: [] });
    await service.commit();
    await service.add(template(), "depends_on", ["payments", "stock"]);
    await service.commit();
    await service.add(template(), "called_by", ["web"]);
    const now = await service.files();
    const answers = await recorded();
    await service.remove();
    await start({ features: ["redis"], depends_on: ["payments", "stock"], called_by: ["web"] });
    expect(now).toEqual(await service.files());
    expect(answers).toEqual(await recorded());
  });

  it("Adding keeps what the user wrote, even in the files that the addition changes", async () => {
    await start();
    await service.write("app.py", (await service.read("app.py")).replace("return 1", "return 11"));
    await service.write("own.py", "own = 1\n");
    await service.commit();
    await service.add(template(), "features", ["redis"]);
    expect(await service.read("app.py")).toContain("return 11");
    expect(await service.read("app.py")).toContain("import cache");
    expect(await service.read("own.py")).toBe("own = 1\n");
    expect(await checkService(service.folder, ".", async () => template())).toMatchObject({ outdated: false });
  });

  it("Adding leaves deleted what the user deleted, and a conflict if both changed the same lines", async () => {
    await start({ depends_on: ["stock"] });
    await service.run("rm", "--quiet", "services/orders/clients/stock.py");
    await service.write("calls.yaml", "- stock\nmine\n");
    await service.commit();
    const added = await service.add(template(), "depends_on", ["payments"]);
    expect(added).toMatchObject({ state: "conflicts", conflicts: ["calls.yaml"] });
    expect(Object.keys(await service.files())).toEqual(expect.arrayContaining(["clients/payments.py"]));
    expect(Object.keys(await service.files())).not.toContain("clients/stock.py");
    expect(await service.read("calls.yaml")).toContain("mine");
    expect(await status()).toContain("UU services/orders/calls.yaml");
  });

  it("Adding appends to the recorded lists, whose comments stay", async () => {
    await start();
    const answers = await service.read(".gennet/answers.yaml");
    const lists =
      "  features: [] # stores\n  depends_on:\n    # ours\n    - stock # the shelves\n  called_by: [web] # who\n";
    await service.write(".gennet/answers.yaml", `# top\n${answers}${lists}`);
    await service.write("calls.yaml", "- stock\nend\n");
    await service.write("callers.yaml", "- web\n");
    await service.write("clients/stock.py", "class StockClient: ...\n");
    await service.write(
      ".gennet/base.json",
      JSON.stringify({
        version: "1.0.0",
        files: Object.fromEntries(
          Object.entries(await service.files()).map(([path, content]) => [path, { lines: content.split("\n") }]),
        ),
      }),
    );
    await service.commit();
    await service.add(template(), "depends_on", ["payments"]);
    await service.commit();
    await service.add(template(), "features", ["redis"]);
    await service.commit();
    await service.add(template(), "called_by", ["admin"]);
    const text = await service.read(".gennet/answers.yaml");
    expect(text).toContain("# top\n");
    expect(text).toContain("    # ours\n    - stock # the shelves\n    - payments\n");
    expect(text).toContain("  features:\n    # stores\n    - redis\n");
    expect(text).toContain("called_by: [ web, admin ] # who\n");
  });

  it("Adding changes nothing if everything is already there, even in a tree with edits", async () => {
    await start({ features: ["redis"], called_by: ["web"] });
    await service.write("app.py", "mine\n");
    const before = await status();
    expect(await service.add(template(), "features", ["redis"])).toMatchObject({ state: "current", added: [] });
    expect(await service.add(template("2.0.0"), "called_by", ["web"])).toMatchObject({ state: "current", added: [] });
    expect(await status()).toBe(before);
    await service.commit();
    expect(await service.add(template(), "called_by", ["web", "admin"])).toMatchObject({ added: ["admin"] });
    expect((await recorded()).called_by).toEqual(["web", "admin"]);
  });

  it("Adding in a dry run shows its patch, and writes nothing", async () => {
    await start();
    const planned = await service.add(template(), "features", ["redis"], { dryRun: true });
    expect(planned).toMatchObject({
      state: "pending",
      added: ["redis"],
      patch: expect.stringContaining("+import cache") as string,
    });
    expect(await status()).toBe("");
  });

  it("Adding names a lockfile that no longer matches", async () => {
    await start();
    await service.write("uv.lock", "mine\n");
    await service.commit();
    expect(await service.add(template(), "features", ["redis"])).toMatchObject({ staleLocks: ["uv.lock"] });
    expect(await service.read("uv.lock")).toBe("mine\n");
  });
});

describe("adding is rejected", () => {
  it.each([
    ["features", ["rdis"], "SCAFFOLD_FEATURE_UNKNOWN"],
    ["features", ["neo4j", "neo4j"], "SCAFFOLD_FEATURE_UNKNOWN"],
    ["depends_on", ["orders"], "SCAFFOLD_PEER_INVALID"],
    ["depends_on", ["../x"], "SCAFFOLD_PEER_INVALID"],
    ["depends_on", ["a1-b"], "SCAFFOLD_PEER_INVALID"],
    ["called_by", ["Web"], "SCAFFOLD_PEER_INVALID"],
  ] as const)("Adding is rejected: %s %j", async (to, names, code) => {
    await start({ depends_on: ["a-1-b"] });
    await expect(service.add(template(), to, names)).rejects.toMatchObject({ code, exit: 2 });
    expect(await status()).toBe("");
  });

  it("Adding is rejected with uncommitted changes", async () => {
    await start();
    await service.write("app.py", "mine\n");
    await expect(service.add(template(), "features", ["redis"])).rejects.toMatchObject({ code: "SCAFFOLD_TREE_DIRTY" });
  });

  it.each([
    ["a newer version", template("1.1.0")],
    ["other files at the same version", template("1.0.0", { "app.py": `${app}more\n` })],
  ])("Adding is rejected until the service is updated to %s of its template", async (_what, newer) => {
    await start();
    await expect(service.add(newer, "features", ["redis"])).rejects.toMatchObject({
      code: "SCAFFOLD_SERVICE_OUTDATED",
      next: [expect.stringContaining("gennet service update services/orders") as string],
    });
    await service.update(newer);
    await service.commit();
    expect(await service.add(newer, "features", ["redis"])).toMatchObject({ state: "updated" });
  });

  it("Adding is rejected for a service that is newer than the template", async () => {
    await start();
    await expect(service.add(template("0.9.0"), "features", ["redis"])).rejects.toMatchObject({
      code: "SCAFFOLD_TEMPLATE_NEWER",
    });
  });
});

describe("an addition that is interrupted", () => {
  /** Ends it like a kill, at the moment the index is to be written. */
  const killed = async (work: (git: TrialService["git"]) => Promise<unknown>): Promise<void> => {
    const { git } = service;
    const stage = (): Promise<never> => Promise.reject(new Error("killed"));
    const repository = async (folder: string): Promise<Repository | undefined> => {
      const found = await git.repository(folder);
      return found === undefined ? undefined : { ...found, stage };
    };
    await expect(work({ ...git, repository })).rejects.toThrow("killed");
  };

  it.each(["add", "update"] as const)("An interrupted addition is completed by the next %s", async (next) => {
    await start();
    await killed((git) => service.add(template(), "features", ["redis"], { git }));
    expect(await pendingUpdate(service.folder)).toMatchObject({ from: "1.0.0", to: "1.0.0" });
    const done = next === "add" ? service.add(template(), "features", ["redis"]) : service.update(template());
    expect(await done).toMatchObject({ state: "finished" });
    expect(await service.read("cache/redis.py")).toBe("cache = 1\n");
    expect((await recorded()).features).toEqual(["redis"]);
    expect(await readdir(join(service.folder, ".gennet"))).toEqual(["answers.yaml", "base.json"]);
  });

  it("An interrupted addition is not completed by a different addition, nor an update by an addition", async () => {
    await start({ features: ["redis"] });
    await killed((git) => service.add(template(), "called_by", ["web"], { git }));
    await expect(service.add(template(), "called_by", ["admin"])).rejects.toMatchObject({
      code: "SCAFFOLD_UPDATE_UNFINISHED",
    });
    await service.update(template());
    await service.commit();
    await killed((git) => service.update(template("1.1.0", { "app.py": "x\n" }), { git }));
    await expect(service.add(template("1.1.0"), "features", ["redis"])).rejects.toMatchObject({
      code: "SCAFFOLD_UPDATE_UNFINISHED",
    });
  });
});
