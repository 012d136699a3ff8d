import { keepsAddedLines, type Sides } from "./added-lines.ts";
import { documentsOf, editYaml } from "./edit-yaml.ts";
import { mergeNodes, NodesConflict } from "./merge-nodes.ts";

/**
 * Merges YAML, JSON or TOML by structure. Returns undefined if that would require guessing: both sides changed the same
 * value, rewriting our file would lose its formatting, or a line or comment would be lost.
 */
export async function structuralMerge(path: string, sides: Sides): Promise<string | undefined> {
  if (path.endsWith(".toml")) {
    const { mergeToml } = await import("./toml-merge.ts");
    return attempt(() => mergeToml(sides));
  }
  const merged = path.endsWith(".json") ? mergeJson(sides) : /\.ya?ml$/.test(path) ? mergeYaml(sides) : undefined;
  return merged !== undefined && keepsAddedLines(sides, merged) ? merged : undefined;
}

function mergeYaml({ base, ours, theirs }: Sides): string | undefined {
  const [was, other] = [base, theirs].map(documentsOf);
  if (was === undefined || other === undefined || was.length !== other.length) return undefined;
  return attempt(() =>
    editYaml(ours, (mine) => {
      if (mine.length !== was.length) throw new NodesConflict();
      for (const [at, document] of mine.entries()) {
        document.contents = mergeNodes(was[at]?.contents, document.contents, other[at]?.contents) as null;
      }
    }),
  );
}

function mergeJson({ base, ours, theirs }: Sides): string | undefined {
  const write = (value: unknown, indent: string): string => `${JSON.stringify(value, null, indent)}\n`;
  return attempt(() => {
    const indent = ["  ", "    ", "\t"].find((each) => write(JSON.parse(ours), each) === ours);
    const [was, mine, other] = [base, ours, theirs].map((text) => (JSON.parse(text), documentsOf(text)?.[0]));
    if (indent === undefined || was === undefined || mine === undefined || other === undefined) return undefined;
    mine.contents = mergeNodes(was.contents, mine.contents, other.contents) as null;
    return write(mine.toJS(), indent);
  });
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof NodesConflict || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
