import { type Document, parseAllDocuments, type ToStringOptions, visit } from "yaml";

/**
 * Returns the text with its documents changed by `edit`, keeping its formatting. Returns undefined if the text is not
 * YAML, or if rewriting it would lose its formatting.
 */
export function editYaml(text: string, edit: (documents: readonly Document[]) => void): string | undefined {
  const documents = documentsOf(text);
  const layout = documents && layouts.find((each) => write(documents, each) === text);
  if (documents === undefined || layout === undefined) return undefined;
  edit(documents);
  const edited = write(documents, layout);
  return documentsOf(edited) === undefined ? undefined : edited;
}

/**
 * Returns undefined for text that is not YAML, or that has anchors, because editing would separate them from their
 * aliases.
 */
export function documentsOf(text: string): Document[] | undefined {
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

function write(documents: readonly Document[], layout: ToStringOptions): string {
  return documents.map((document) => document.toString(layout)).join("");
}
