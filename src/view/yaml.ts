// Loaded only for `-o yaml`.
import { Document, Scalar, visit } from "yaml";
import { hasHidden, visibleYaml } from "../core/visible.ts";

/** Returns the value as YAML. Unsafe characters are escaped in double quotes, the only style that supports escapes. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && hasHidden(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return visibleYaml(document.toString());
}
