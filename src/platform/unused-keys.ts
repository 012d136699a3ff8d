import type { Path } from "../core/fields.ts";
import type { Misfit } from "./across-regions.ts";
import type { Platform } from "./schema.ts";

const graphs = [
  ["neptune", "Neptune"],
  ["neo4j", "Neo4j"],
] as const;

/** Returns what is written for nothing: sizes of what no region has. */
export function unusedMisfits({ stores }: Pick<Platform, "stores">, isWritten: (path: Path) => boolean): Misfit[] {
  return graphs.flatMap(([graph, title]) => {
    const path = ["stores", graph];
    if (stores.graph === graph || !isWritten(path)) return [];
    return [{ path, says: `expected stores.graph: ${graph} beside it: without that, no region has ${title}` }];
  });
}
