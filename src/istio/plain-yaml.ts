import { load } from "js-yaml";

/** Returns what Istio's configuration in a text holds, as plain data; undefined where it is no text, or no YAML. */
export function plainYaml(content: unknown): unknown {
  if (typeof content !== "string") return undefined;
  try {
    return load(content);
  } catch {
    return undefined;
  }
}
