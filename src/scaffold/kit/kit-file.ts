import { createHash } from "node:crypto";
import { type Answers, vendorFolder } from "../render.ts";
import type { Kit } from "./kit.ts";

/** The wheel of the service kit in a service. It is compared by its hash, and replaced instead of merged. */
export interface KitFile {
  /** Relative to the service. */
  readonly path: string;
  readonly sha256: string;
}

/** A wheel with its content. */
export interface WrittenKit extends KitFile {
  readonly content: Uint8Array;
}

/** Returns the kit's wheel for a service, or nothing if the service gets the kit from its package index. */
export function vendoredKit(kit: Kit | undefined, answers: Answers): WrittenKit | undefined {
  if (kit === undefined || answers.package_index !== undefined) return undefined;
  return { path: `${vendorFolder}/${kit.file}`, sha256: sha256Of(kit.content), content: kit.content };
}

export function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
