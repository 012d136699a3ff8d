import type { KitFile } from "../kit/kit-file.ts";
import type { Answers, RenderedFile } from "../render.ts";

export const baseFile = ".gennet/base.json";

/** The original files that the template generated for a service. */
export interface Base {
  readonly version: string;
  /** The answers it was rendered with; undefined if an older gennet wrote it. */
  readonly answers?: Answers;
  readonly files: readonly RenderedFile[];
  /** The wheel of the service kit, if the service has one. It is binary, so it is never merged. */
  readonly kit?: KitFile;
}

/**
 * Formats the original files as one file of lines, so that Git can diff and compress it, and linters, test runners and
 * dependency scanners do not mistake its contents for files of the service.
 */
export function baseRecord({ version, answers, files, kit }: Base): RenderedFile {
  const entries = files.map(({ path, content, mode, once }) => [
    path,
    { ...(mode === 0o755 ? { executable: true } : {}), ...(once === true ? { once } : {}), lines: content.split("\n") },
  ]);
  const about =
    "Written by gennet: what the template generated for this service. Updates are merged from it; do not edit.";
  const base = {
    about,
    version,
    ...(answers === undefined ? {} : { answers }),
    ...(kit === undefined ? {} : { kit: { path: kit.path, sha256: kit.sha256 } }),
    files: Object.fromEntries(entries) as object,
  };
  return { path: baseFile, content: `${JSON.stringify(base, null, 1)}\n`, mode: 0o644 };
}
