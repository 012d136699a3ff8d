import type { Path } from "../core/fields.ts";
import type { Manifest } from "./manifest.ts";

export interface Observation {
  readonly manifest: Manifest;
  /** The field it is about, including a missing one. */
  readonly path: Path;
  readonly subject?: string;
  readonly summary: string;
  readonly fix?: string;
  /** If it is a warning or unknown instead of a failure. */
  readonly severity?: "warn" | "unknown";
  /** The rule depends on the absence of objects of these kinds: unknown if an unreadable file may contain one. */
  readonly lacks?: readonly string[];
}
