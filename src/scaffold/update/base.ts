import type { KitFile } from "../kit/kit-file.ts";
import type { Answers, RenderedFile } from "../render.ts";

export const baseFile = ".gennet/base.json";

/** The pristine render that a service came from. */
export interface Base {
  readonly version: string;
  /** What it was rendered with; absent where an older gennet wrote it. */
  readonly answers?: Answers;
  readonly files: readonly RenderedFile[];
  /** The wheel of the service kit, where the service has one: no text, so it is never merged. */
  readonly kit?: KitFile;
}

/**
 * The pristine render as one file of lines: Git shows and packs what changed of it, and no linter, test runner or
 * dependency scanner takes it for the service's own files.
 */
export function baseRecord({ version, answers, files, kit }: Base): RenderedFile {
  const entries = files.map(({ path, content, mode, once }) => [
    path,
    { ...(mode === 0o755 ? { executable: true } : {}), ...(once === true ? { once } : {}), lines: content.split("\n") },
  ]);
  const about = "Written by gennet: what the template gave this service. Updates are merged from it; keep it as it is.";
  const base = {
    about,
    version,
    ...(answers === undefined ? {} : { answers }),
    ...(kit === undefined ? {} : { kit: { path: kit.path, sha256: kit.sha256 } }),
    files: Object.fromEntries(entries) as object,
  };
  return { path: baseFile, content: `${JSON.stringify(base, null, 1)}\n`, mode: 0o644 };
}
