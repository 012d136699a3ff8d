import { load } from "js-yaml";

/** Parses Istio configuration in a text as plain data. Returns undefined if it is not text, or not YAML. */
export function plainYaml(content: unknown): unknown {
  if (typeof content !== "string") return undefined;
  try {
    return load(content);
  } catch {
    return undefined;
  }
}
