import { posix } from "node:path";
import { LineCounter, parseDocument, isMap, isSeq } from "yaml";
import { names } from "../core/check-id.ts";
import type { FileLocation } from "../core/finding.ts";
import { field, list, text } from "./fields.ts";
import { annotation, type Manifest, subjectOf } from "./manifest.ts";
import type { SourceFile } from "./source-files.ts";

/** A statement that a finding is known, and until when it may stay. */
export interface Waiver {
  readonly id: string;
  readonly owner: string | undefined;
  readonly reason: string | undefined;
  /** The last day it holds, `YYYY-MM-DD` in UTC. */
  readonly expires: string | undefined;
  readonly location: FileLocation;
  readonly covers: (finding: Waivable) => boolean;
}

export interface Waivable {
  readonly id: string;
  readonly location: FileLocation;
  readonly manifest: Manifest | undefined;
}

export function isWaiverFile(file: string): boolean {
  return file === ".gennet/lint.yaml" || file.endsWith("/.gennet/lint.yaml");
}

/** What a waiver still needs to count: each field, or "a day" for one that is no date. */
export function missingIn({ owner, reason, expires }: Waiver): readonly string[] {
  const isDay = expires !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(expires) && !Number.isNaN(Date.parse(expires));
  return [
    ...(owner === undefined ? ["owner"] : []),
    ...(reason === undefined ? ["reason"] : []),
    ...(isDay ? [] : ["expires (a day, YYYY-MM-DD)"]),
  ];
}

/** Whether its last day is over. */
export function isExpired({ expires = "" }: Waiver, now: number): boolean {
  return now >= Date.parse(`${expires}T00:00:00Z`) + 24 * 60 * 60 * 1000;
}

/** `.gennet/lint.yaml`: paths are relative to the folder that holds `.gennet`. */
export function waiversInFile({ file, content }: SourceFile): readonly Waiver[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const entries = isMap(document.contents) ? document.contents.get("waivers", true) : undefined;
  const folder = posix.dirname(posix.dirname(file));
  const values: unknown = document.errors.length > 0 ? undefined : document.toJS();
  // One that cannot be understood is a waiver that says nothing, and fails as such.
  const written = Array.isArray(field(values, "waivers")) ? list(values, "waivers") : [undefined];
  return written.map((value, index) => {
    const node = isSeq(entries) ? entries.items[index] : undefined;
    const { line, col } = lines.linePos((node as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0);
    const path = text(value, "path");
    const object = text(value, "object")?.toLowerCase();
    const id = text(value, "id") ?? "";
    const scope = path === undefined ? undefined : posix.join(folder, path);
    return {
      id,
      owner: text(value, "owner"),
      reason: text(value, "reason"),
      expires: text(value, "expires"),
      location: { file, line: line || 1, column: col || 1 },
      covers: (finding) =>
        names([id], finding.id) &&
        (scope !== undefined || object !== undefined) &&
        (scope === undefined || isWithin(scope, finding.location.file)) &&
        (object === undefined || (finding.manifest !== undefined && subjectOf(finding.manifest) === object)),
    };
  });
}

/** Both are relative to the current folder, and may be the current folder or lie above it. */
function isWithin(scope: string, file: string): boolean {
  return !/^\.\.(\/|$)/.test(posix.relative(scope, file));
}

/** Whether a place is in the document: a patch's waiver is for what the patch brought. */
function isIn({ file, source }: Manifest, place: FileLocation): boolean {
  const last = source.line + source.text.split("\n").length - 1;
  return place.file === file && place.line !== undefined && place.line >= source.line && place.line <= last;
}

/** Whether an object is the one that the document declares, also as a build has changed it. */
function isOf({ file, source }: Manifest, object: Manifest | undefined): boolean {
  return object !== undefined && object.file === file && object.source.line === source.line;
}

const comment = /^\s*#\s*gennet-waive:\s*(.+)$/;

/** Comments in the document of an object, and its annotation gennet/waive. */
export function waiversOf(manifest: Manifest): readonly Waiver[] {
  const { file, source } = manifest;
  const comments = source.text.split("\n").flatMap((line, index) => {
    const written = comment.exec(line)?.[1];
    return written === undefined ? [] : [{ written, location: { file, line: source.line + index, column: 1 } }];
  });
  const annotations = (annotation(manifest, "gennet/waive") ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((written) => ({ written, location: manifest.locate(["metadata", "annotations", "gennet/waive"]) }));
  return [...comments, ...annotations].map(({ written, location }) => {
    const id = written.trim().split(/\s+/)[0] ?? "";
    const given = (key: string): string | undefined => new RegExp(`\\b${key}=(\\S+)`).exec(written)?.[1];
    return {
      id,
      owner: given("owner"),
      expires: given("expires"),
      reason: /\breason=(.*\S)/.exec(written)?.[1]?.replaceAll('"', ""),
      location,
      covers: (finding) =>
        names([id], finding.id) && (isIn(manifest, finding.location) || isOf(manifest, finding.manifest)),
    };
  });
}
