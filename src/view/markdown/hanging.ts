import type { Tone } from "../../core/command.ts";
import type { Page } from "./page.ts";
import { widthOf, wrapped } from "./wrap.ts";

/** The least useful width of what is in a list or a quote. */
const narrowest = 10;

/** What is in front of the first line, and of the others. */
export interface Margin {
  readonly first: string;
  readonly rest: string;
  readonly tone?: Tone;
}

/**
 * Puts a margin in front of lines, which `inside` writes for the width that is left. If too little is left, the margin
 * gets its own line, so that deep lists fit every terminal.
 */
export function hanging(
  { first, rest, tone }: Margin,
  width: number,
  { paint }: Pick<Page, "paint">,
  inside: (width: number) => readonly string[],
): readonly string[] {
  const shown = (margin: string): string => (tone === undefined || margin.trim() === "" ? margin : paint(tone, margin));
  const room = width - widthOf(first);
  if (room < narrowest) {
    return [...wrapped([{ text: first, tones: tone === undefined ? [] : [tone] }], width, paint), ...inside(width)];
  }
  const lines = inside(room);
  return (lines.length === 0 ? [""] : lines).map((line, at) => {
    const margin = at === 0 ? first : rest;
    return line === "" ? shown(margin.trimEnd()) : `${shown(margin)}${line}`;
  });
}
