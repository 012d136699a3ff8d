import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checksReference } from "../../build/reference/checks.ts";
import { commandsReference } from "../../build/reference/commands.ts";
import { errorsReference, exitCodesReference } from "../../build/reference/errors.ts";
import { documentSchemas, platformFileSchema } from "../../build/reference/schemas.ts";
import { commands } from "../../src/commands/index.ts";
import { repository } from "../support/cli.ts";
import { documentKinds } from "../support/document-kinds.ts";
import { nonEmpty } from "../support/non-empty.ts";

/** docs/reference is generated from the code: `npm run reference` writes it, these tests compare. */
const reference = (name: string): string => join(repository, "docs/reference", name);
const kinds = documentKinds();
const schemaOf = documentSchemas(repository, kinds);

describe("docs/reference is up to date (npm run reference)", () => {
  it.each([
    ["commands.md", commandsReference],
    ["errors.md", errorsReference],
    ["exit-codes.md", exitCodesReference],
    ["checks.md", checksReference],
  ])("%s", async (name, write) => {
    await expect(write()).toMatchFileSnapshot(reference(name));
  });

  it("schemas/gennet.yaml.json", async () => {
    await expect(json(platformFileSchema())).toMatchFileSnapshot(reference("schemas/gennet.yaml.json"));
  });

  it.each(kinds.map((document) => [document.kind, document] as const))("schemas/%s.json", async (kind, document) => {
    await expect(json(schemaOf(document))).toMatchFileSnapshot(reference(`schemas/${kind}.json`));
  });

  it("docs/reference has a schema for every kind that a command answers, and none for other kinds", () => {
    const known = kinds.map((each) => each.kind);
    expect(
      nonEmpty(commands)
        .map((command) => command.answers)
        .filter((kind) => !known.includes(kind)),
    ).toEqual([]);
    const files = nonEmpty(readdirSync(reference("schemas")).filter((name) => name !== "gennet.yaml.json"));
    expect(files.filter((name) => !known.includes(name.replace(/\.json$/, "")))).toEqual([]);
  });
});

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
