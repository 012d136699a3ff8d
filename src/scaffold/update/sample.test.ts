import { afterEach, describe, expect, it } from "vitest";
import { templateOf, testAnswers, TrialService } from "../../../test/support/updated-service.ts";
import type { Template } from "../template.ts";
import { readRecord } from "./record.ts";

const parts = `def build():
<% if (it.postgres) { -%>
    database = Database()
<% } -%>
<% if (it.redis) { -%>
    cache = Cache()
<% } -%>
    # What it keeps.
    <%= it.entity.modules %> = <%= it.sample.postgres ? "Postgres" : "InMemory" %><%= it.entity.types %>()


def other():
    return 1
`;
const files = {
  "parts.py": parts,
  "__modules__/model.py": "class <%= it.entity.type %>:\n    name: str\n",
  "__modules__/table.py": "class <%= it.entity.type %>Row: ...\n",
  "__modules__/cached.py": "class Cached<%= it.entity.types %>: ...\n",
  "database/base.py": "base = 1\n",
};

function template(version = "1.0.0", changed: Record<string, string> = {}): Template {
  return templateOf(
    version,
    { ...files, ...changed },
    {
      features: { postgres: "a database", redis: "a cache" },
      sample: ["__modules__/model.py"],
      conditions: {
        database: "postgres",
        "__modules__/table.py": "sample.postgres",
        "__modules__/cached.py": "sample.redis",
      },
    },
  );
}

let service: TrialService;
afterEach(() => service.remove());
const start = async (features: readonly string[] = []): Promise<void> => {
  service = await TrialService.create(template(), { ...testAnswers, entity: "parcel", features });
};
/** As its README recommends: the team renames the folder and all names. */
const replace = async (): Promise<void> => {
  await service.run("mv", "services/orders/parcels", "services/orders/letters");
  await service.write("letters/model.py", "class Letter:\n    street: str\n    town: str\n");
  await service.write(
    "parts.py",
    (await service.read("parts.py")).replaceAll("parcels", "letters").replaceAll("Parcels", "Letters"),
  );
  await service.commit();
};
const paths = async (): Promise<string[]> => Object.keys(await service.files());

describe("a feature that is added", () => {
  it("An added feature extends the sample if the service still has it", async () => {
    await start();
    const added = await service.add(template(), "features", ["postgres"]);
    expect(added).toMatchObject({ state: "updated", toWrite: [] });
    expect(await paths()).toEqual(["database/base.py", "parcels/model.py", "parcels/table.py", "parts.py"]);
    expect(await service.read("parts.py")).toContain("parcels = PostgresParcels()");
  });

  it("An added feature skips a sample that was replaced, and lists what to write", async () => {
    await start();
    await replace();
    const added = await service.add(template(), "features", ["postgres"]);
    expect(added).toMatchObject({ state: "updated", conflicts: [], toWrite: ["parcels/table.py"] });
    expect(await paths()).toEqual(["database/base.py", "letters/model.py", "parts.py"]);
    const merged = await service.read("parts.py");
    expect(merged).toContain("database = Database()");
    expect(merged).toContain("letters = InMemoryLetters()");
    await service.commit();
    expect(await service.update(template("1.1.0", { "database/base.py": "base = 2\n" }))).toMatchObject({
      files: [{ path: "database/base.py" }],
    });
    expect(await paths()).toEqual(["database/base.py", "letters/model.py", "parts.py"]);
  });

  it("An added feature keeps what the sample was made with before it was replaced", async () => {
    await start(["postgres"]);
    await replace();
    const added = await service.add(template(), "features", ["redis"]);
    expect(added).toMatchObject({ conflicts: [], toWrite: ["parcels/cached.py"] });
    expect(await service.read("parts.py")).toContain("letters = PostgresLetters()");
    expect(await service.read("parts.py")).toContain("cache = Cache()");
    expect((await readRecord(service.folder, ".")).answers).toMatchObject({
      features: ["postgres", "redis"],
      sample: ["postgres"],
    });
  });

  it("An added feature extends a sample whose model was changed, and reports the change", async () => {
    await start();
    await service.write("parcels/model.py", "class Parcel:\n    name: str\n    weight: int\n");
    await service.commit();
    const added = await service.add(template(), "features", ["postgres"]);
    expect(added).toMatchObject({ toWrite: [], changedSample: "parcels/model.py" });
    expect(await paths()).toContain("parcels/table.py");
  });
});

describe("a file that the template no longer has", () => {
  const without = (): Template => {
    const { files: all, ...rest } = template("2.0.0");
    const replaced = { database: { now: "kit.database", hint: "derive from it" } };
    return { ...rest, replaced, files: all.filter(({ path }) => path !== "database/base.py") };
  };

  it("A file that left the template is deleted if it was not changed, and otherwise its replacement is named", async () => {
    await start(["postgres"]);
    expect(await service.update(without())).toMatchObject({
      state: "updated",
      files: [{ path: "database/base.py", change: "removed" }],
      replaced: [],
    });
    await service.remove();
    await start(["postgres"]);
    await service.write("database/base.py", "base = 1\nmine = 2\n");
    await service.commit();
    expect(await service.update(without())).toMatchObject({
      state: "conflicts",
      conflicts: ["database/base.py"],
      replaced: [{ path: "database/base.py", now: "kit.database.base", hint: "derive from it" }],
    });
    expect(await service.read("database/base.py")).toContain("mine = 2");
  });
});
