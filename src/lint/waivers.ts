import { matches } from "../core/check.ts";
import type { FileLocation } from "../core/finding.ts";
import { annotation, type Manifest } from "./manifest.ts";

/** A statement that a finding is known, and how long it may remain. */
export interface Waiver {
  readonly id: string;
  readonly owner: string | undefined;
  readonly reason: string | undefined;
  /** Its last day, `YYYY-MM-DD` in UTC. */
  readonly expires: string | undefined;
  readonly location: FileLocation;
  /** Why a whole file of waivers is invalid. */
  readonly problem?: string;
  /** It is in a parent folder of the linted path, and may be for something else. */
  readonly isInherited?: true;
  readonly covers: (finding: Waivable) => boolean;
}

export interface Waivable {
  readonly id: string;
  readonly location: FileLocation;
  readonly manifest: Manifest | undefined;
}

/** Returns the missing fields of a waiver, or "a day" for an invalid date. */
export function missingIn({ owner, reason, expires }: Waiver): readonly string[] {
  const isDay = expires !== undefined && isCalendarDay(expires);
  return [
    ...(owner === undefined ? ["owner"] : []),
    ...(reason === undefined ? ["reason"] : []),
    ...(isDay ? [] : ["expires (a day, YYYY-MM-DD)"]),
  ];
}

/** 30 February is invalid, but JavaScript reads it as 2 March. */
function isCalendarDay(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Returns whether its last day has passed. */
export function isExpired({ expires = "" }: Waiver, now: number): boolean {
  return now >= Date.parse(`${expires}T00:00:00Z`) + 24 * 60 * 60 * 1000;
}

/** Returns whether a location is in the document: a waiver in a patch applies to the fields of the patch. */
function isIn({ file, source }: Manifest, place: FileLocation): boolean {
  const last = source.line + source.text.split("\n").length - 1;
  return place.file === file && place.line !== undefined && place.line >= source.line && place.line <= last;
}

/** Returns whether an object is the one that the document declares, possibly changed by a build. */
function isOf({ file, source }: Manifest, object: Manifest | undefined): boolean {
  return object !== undefined && object.file === file && object.source.line === source.line;
}

/** On a separate line or after a field. The `:` is optional if fields of a waiver follow. */
const comment = /(?:^|\s)#\s*gennet[-/]waive(?::\s*|\s+(?=.*\b(?:owner|reason|expires)=))(.+)$/i;

/** Returns the comments in an object's document, and its annotation gennet/waive. */
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
    const given = (key: string): string | undefined =>
      new RegExp(`\\b${key}=("[^"]*"|'[^']*'|\\S+)`).exec(written)?.[1]?.replace(/^(["'])(.*)\1$/, "$2");
    return {
      id,
      owner: given("owner"),
      expires: given("expires"),
      reason: /\breason=(.*\S)/.exec(written)?.[1]?.replaceAll('"', ""),
      location,
      covers: (finding) =>
        matches([id], finding.id) && (isIn(manifest, finding.location) || isOf(manifest, finding.manifest)),
    };
  });
}
