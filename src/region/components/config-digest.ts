import { createHash } from "node:crypto";

/** Returns an annotation of pods that do not read their configuration again: another one replaces them. */
export function configDigest(config: string): Readonly<Record<string, string>> {
  return { "gennet.dev/config": createHash("sha256").update(config).digest("hex").slice(0, 16) };
}
