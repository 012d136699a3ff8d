import { createHash } from "node:crypto";
import { type Answers, vendorFolder } from "../render.ts";
import type { Kit } from "./kit.ts";

/** The wheel of the service kit in a service: it is known by its hash, and replaced, never merged. */
export interface KitFile {
  /** Relative to the service. */
  readonly path: string;
  readonly sha256: string;
}

/** A wheel with its bytes, to be written. */
export interface WrittenKit extends KitFile {
  readonly content: Uint8Array;
}

/** What a service is given of a kit; nothing where its index of packages has it. */
export function vendoredKit(kit: Kit | undefined, answers: Answers): WrittenKit | undefined {
  if (kit === undefined || answers.package_index !== undefined) return undefined;
  return { path: `${vendorFolder}/${kit.file}`, sha256: sha256Of(kit.content), content: kit.content };
}

export function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
