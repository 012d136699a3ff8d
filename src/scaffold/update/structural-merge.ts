import { type Document, parseAllDocuments, type ToStringOptions, visit } from "yaml";
import { keepsAddedLines, type Sides } from "./added-lines.ts";
import { mergeNodes, NodesConflict } from "./merge-nodes.ts";

/**
 * Merges YAML or JSON by its structure. Undefined where that cannot be done without guessing: both changed one value,
 * ours is laid out in a way that would not survive being written again, or a line or comment of the user would go.
 */
export function structuralMerge(path: string, sides: Sides): string | undefined {
  const merged = path.endsWith(".json") ? mergeJson(sides) : /\.ya?ml$/.test(path) ? mergeYaml(sides) : undefined;
  return merged !== undefined && keepsAddedLines(sides, merged) ? merged : undefined;
}

function mergeYaml({ base, ours, theirs }: Sides): string | undefined {
  const [was, mine, other] = [base, ours, theirs].map(documentsOf);
  if (was === undefined || mine === undefined || other === undefined) return undefined;
  if (was.length !== mine.length || was.length !== other.length) return undefined;
  const layout = layouts.find((each) => writeYaml(mine, each) === ours);
  if (layout === undefined) return undefined;
  const done = attempt(() => {
    for (const [at, document] of mine.entries()) {
      document.contents = mergeNodes(was[at]?.contents, document.contents, other[at]?.contents) as null;
    }
    return writeYaml(mine, layout);
  });
  return done !== undefined && documentsOf(done) !== undefined ? done : undefined;
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

/** Undefined for what is not YAML, or has anchors: what they stand for would be torn apart. */
function documentsOf(text: string): Document[] | undefined {
  const documents = parseAllDocuments(text, { keepSourceTokens: false });
  if (!Array.isArray(documents)) return undefined;
  let plain = true;
  for (const document of documents) {
    plain &&= document.errors.length === 0;
    visit(document, {
      Alias: () => ((plain = false), visit.BREAK),
      Value: (_key, node) => {
        if (node.anchor !== undefined) plain = false;
      },
    });
  }
  return plain ? documents : undefined;
}

const layouts: readonly ToStringOptions[] = [2, 4].flatMap((indent) =>
  [true, false].flatMap((indentSeq) =>
    [true, false].map((flowCollectionPadding) => ({ indent, indentSeq, flowCollectionPadding, lineWidth: 0 })),
  ),
);

function writeYaml(documents: readonly Document[], layout: ToStringOptions): string {
  return documents.map((document) => document.toString(layout)).join("");
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof NodesConflict || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
