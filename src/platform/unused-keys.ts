import type { Path } from "../core/fields.ts";
import type { Misfit } from "./across-regions.ts";
import type { Platform } from "./schema.ts";

/** Returns what is written for nothing: sizes of what no region has. */
export function unusedMisfits({ stores }: Pick<Platform, "stores">, isWritten: (path: Path) => boolean): Misfit[] {
  const path = ["stores", "neptune"];
  if (stores.graph === "neptune" || !isWritten(path)) return [];
  return [{ path, says: "expected stores.graph: neptune beside it: without that, no region has Neptune" }];
}
