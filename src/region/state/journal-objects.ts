import { mapBounded } from "../../core/bounded.ts";
import type { ObjectStore } from "./state-object.ts";

/** How many objects are read at once. */
const readsAtOnce = 32;
/** From this many lines on that are objects of their own, the next holder puts them together in one. */
const segmentLength = 100;

/** The keys of a journal. Numbers have leading zeros, so that keys sort like numbers. */
export interface JournalKeys {
  readonly lease: string;
  readonly head: string;
  /** One object for each line, by the number of the line, from 1. */
  readonly lines: string;
  /** Copies of many lines in one object, by the number of the last one. */
  readonly segments: string;
}

export function journalKeys(name: string): JournalKeys {
  const at = (part: string): string => `journals/${name}/${part}`;
  return { lease: at("lease"), head: at("head"), lines: at("lines/"), segments: at("segments/") };
}

export function numbered(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(10, "0")}`;
}

interface Segment {
  /** The number of the first line. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface ReadLines {
  readonly lines: readonly string[];
  /** What should become one object, if there are many lines by now. */
  readonly segment?: { readonly key: string; readonly text: string };
}

/** Reads a journal: its segments, and the lines after them. A line's object has the line, and then who wrote it. */
export async function readLines(
  s3: Pick<ObjectStore, "object" | "keys">,
  bucket: string,
  keys: JournalKeys,
  signal: AbortSignal,
): Promise<ReadLines> {
  const textsOf = (found: readonly string[]): Promise<string[]> =>
    mapBounded(found, readsAtOnce, async (key) => (await s3.object(bucket, key, signal))?.text ?? "");
  const lines: string[] = [];
  for (const text of await textsOf(await s3.keys(bucket, keys.segments, undefined, signal))) {
    const segment = parseSegment(text);
    // Two holders may have put overlapping lines together; a line never changes.
    lines.push(...segment.lines.slice(lines.length + 1 - segment.first));
  }
  const known = lines.length;
  const loose = await s3.keys(bucket, keys.lines, numbered(keys.lines, known), signal);
  for (const text of await textsOf(loose)) lines.push(lineIn(text));
  if (loose.length < segmentLength) return { lines };
  const text = JSON.stringify({ first: known + 1, lines: lines.slice(known) } satisfies Segment);
  return { lines, segment: { key: numbered(keys.segments, lines.length), text } };
}

/** A segment that was damaged becomes a line that fails the journal's integrity check. */
function parseSegment(text: string): Segment {
  try {
    return JSON.parse(text) as Segment;
  } catch {
    return { first: 1, lines: [text] };
  }
}

/** Returns the text of a line's object. */
export function lineObject(line: string, writer: string): string {
  return `${line}\n${writer}`;
}

function lineIn(text: string): string {
  return text.slice(0, text.indexOf("\n"));
}

export function writerIn(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}
