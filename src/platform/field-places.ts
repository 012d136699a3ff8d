import type { Path } from "../core/fields.ts";
import { parseValid } from "../core/valid-yaml.ts";
import { offsetOf } from "../core/yaml-position.ts";
import { platformSchema } from "./schema.ts";

/** Returns where values of a valid gennet.yaml are, as FILE:LINE:COLUMN. `shownAs` is the file's name in messages. */
export function fieldPlaces(text: string, shownAs: string): (path: Path) => string {
  const { document, at } = parseValid({ text, shownAs }, platformSchema);
  return (path) => at(offsetOf(document, path));
}
