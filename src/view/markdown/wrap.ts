import measure from "fast-string-truncated-width";
import type { Paint, Tone } from "../../core/command.ts";

/** Text in one style. It is already visible, and has no escape sequences. */
export interface Styled {
  readonly text: string;
  readonly tones: readonly Tone[];
  /** Keeps its spaces, and its line feeds break the line. Otherwise, white space is one space, as in HTML. */
  readonly verbatim?: true;
}

export type Line = readonly Styled[];

/** What stays on one line, with the space before it. Only the last word of a hard line has no parts. */
interface Word {
  readonly gap: Styled | undefined;
  readonly parts: readonly Styled[];
  readonly width: number;
  /** The line ends after it. */
  readonly ends: boolean;
}

/** White space, one Chinese or Japanese character with its punctuation, or a word. */
const tokens =
  /\n|[ \t]+|[（「『【《〈]*[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}][\p{M}、。，．・：；？！）」』】》〉ー]*|[^ \t\n\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]+/gu;

/** A flag, or one character with everything that is drawn on it. */
const characters = /\p{RI}{2}|[^]\p{M}*\p{Emoji_Modifier}?\p{M}*/gu;

const ideograph = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

/** Returns the number of columns that a text takes. */
export function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : measure(text).width;
}

/** Returns the number of columns that a line takes. */
export function lineWidth(line: Line): number {
  return widthOf(line.map(({ text }) => text).join(""));
}

/** Returns the width of the longest word. */
export function longestWord(spans: readonly Styled[]): number {
  let longest = 0;
  for (const { width } of wordsOf(spans)) longest = Math.max(longest, width);
  return longest;
}

/** Breaks text into lines between words, and words that are longer than a line between characters. */
export function wrap(spans: readonly Styled[], width: number): readonly Line[] {
  const lines: Line[] = [];
  let line: Styled[] = [];
  let used = 0;
  const end = (): void => {
    lines.push(line);
    line = [];
    used = 0;
  };
  for (const word of wordsOf(spans)) {
    const space = word.gap === undefined ? 0 : widthOf(word.gap.text);
    const fits = used + space + word.width <= width;
    if (!fits && used > 0) end();
    else if (fits && word.gap !== undefined && word.parts.length > 0) {
      line.push(word.gap);
      used += space;
    }
    for (const part of word.width > width ? charactersOf(word.parts) : word.parts) {
      const own = word.width > width ? widthOf(part.text) : 0;
      if (used > 0 && used + own > width) end();
      line.push(part);
      used += own;
    }
    if (word.width <= width) used += word.width;
    if (word.ends) end();
  }
  if (line.length > 0) end();
  return lines;
}

function* wordsOf(spans: readonly Styled[]): Generator<Word> {
  let gap: Styled | undefined;
  let parts: Styled[] = [];
  let isStart = true;
  const finished = (ends: boolean): Word => {
    const word = { gap, parts, width: lineWidth(parts), ends };
    gap = undefined;
    parts = [];
    isStart = ends;
    return word;
  };
  for (const { text, tones, verbatim } of spans) {
    for (const [token] of text.matchAll(tokens)) {
      if (token === "\n" && verbatim) yield finished(true);
      else if (/^[ \t\n]/.test(token)) {
        if (parts.length > 0) yield finished(false);
        if (verbatim) gap = { text: (gap?.text ?? "") + token.replaceAll("\t", "    "), tones };
        else if (!isStart) gap ??= { text: " ", tones };
      } else {
        // Lines may break before and after an ideograph.
        const alone = ideograph.test(token);
        if (parts.length > 0 && alone) yield finished(false);
        parts.push({ text: token, tones });
        if (alone) yield finished(false);
      }
    }
  }
  if (parts.length > 0) yield finished(false);
}

function* charactersOf(parts: readonly Styled[]): Generator<Styled> {
  for (const { text, tones } of parts) {
    for (const [character] of text.matchAll(characters)) yield { text: character, tones };
  }
}

/** Colours a line. Neighbours in one style become one piece. */
export function painted(line: Line, paint: Paint): string {
  const pieces: { text: string; readonly tones: readonly Tone[] }[] = [];
  for (const { text, tones } of line) {
    const last = pieces.at(-1);
    if (last !== undefined && last.tones.join() === tones.join()) last.text += text;
    else pieces.push({ text, tones });
  }
  return pieces.map(({ text, tones }) => tones.reduceRight((inner, tone) => paint(tone, inner), text)).join("");
}

/** Returns the text of lines that fit. */
export function wrapped(spans: readonly Styled[], width: number, paint: Paint): readonly string[] {
  return wrap(spans, width).map((line) => painted(line, paint));
}
