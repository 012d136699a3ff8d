// Loaded by `-o yaml` alone.
import { Document, Scalar, visit } from "yaml";
import { hasHidden, visibleYaml } from "./visible.ts";

/** Returns the value as YAML. What must not be written as it is stands escaped in double quotes, the only form that has escapes. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && hasHidden(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return visibleYaml(document.toString());
}
