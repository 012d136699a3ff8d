import { parseSync } from "oxc-parser";
import { expect, it } from "vitest";
import { sourceFolders, sourcesIn } from "../support/sources.ts";

const sources = sourceFolders
  .flatMap((folder) => sourcesIn(folder, ".ts"))
  .filter((source) => !source.path.endsWith(".test.ts"));

const declarations = new Set(["TSInterfaceDeclaration", "TSTypeAliasDeclaration", "ClassDeclaration"]);

/** The interfaces, types and classes that a file declares and exports. */
function exportedTypes(path: string, text: string): string[] {
  return parseSync(path, text).program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return [];
    const { declaration } = statement;
    const name = "id" in declaration && declaration.id?.type === "Identifier" ? declaration.id.name : undefined;
    return declarations.has(declaration.type) && name !== undefined ? [name] : [];
  });
}

it("An exported interface, type or class has a unique name", () => {
  const homes = new Map<string, string[]>();
  for (const { path, text } of sources) {
    for (const name of exportedTypes(path, text)) homes.set(name, [...(homes.get(name) ?? []), path]);
  }
  expect(homes.size).toBeGreaterThan(500);
  const doubled = [...homes].filter(([, paths]) => paths.length > 1);
  expect(doubled.map(([name, paths]) => `${name}: ${paths.join(", ")}`)).toEqual([]);
});
