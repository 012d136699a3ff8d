import { expect, it } from "vitest";
import { sourcesIn } from "../support/sources.ts";

/** A template that begins with a program that takes paths. */
const command =
  /(?<!shell)`\s*(?:(?:cd|chmod|cp|df|kustomize|ls|mkdir|mv|rm|uv)|git (?:-C|add|checkout|diff|init|log|restore|rm|status)|gennet (?:lint|new|sandbox run|service)) [^`]*\$\{/g;

it("suggested commands quote the paths in them: each is made by core/shell-words.ts", () => {
  const sources = sourcesIn("src", ".ts").filter(({ path }) => !path.endsWith(".test.ts"));
  const bare = sources.flatMap(({ path, text }) => [...text.matchAll(command)].map(([found]) => `${path}: ${found}`));
  expect(bare).toEqual([]);
});
