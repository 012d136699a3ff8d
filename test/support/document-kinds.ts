import type { DocumentType } from "../../build/reference/schemas.ts";
import { sourceFolders, sourcesIn } from "./sources.ts";

/**
 * Returns every document: an exported interface or type with a literal `kind` of its own name (`EventDocument` is an
 * Event).
 */
export function documentKinds(): DocumentType[] {
  return sourceFolders
    .flatMap((folder) => sourcesIn(folder, ".ts"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^export (?:interface|type) (\w+)\b[^;]*?\breadonly kind: "(\w+)"/gm)]
        .filter(([, type, kind]) => type === kind || type === `${kind}Document`)
        .map(([, type = "", kind = ""]) => ({ kind, type, source: path })),
    );
}
