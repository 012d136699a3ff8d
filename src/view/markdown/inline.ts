import type { PhrasingContent } from "mdast";
import type { Tone } from "../../core/command.ts";
import { oneLine, visible } from "../../core/visible.ts";
import { withoutComments } from "./comments.ts";
import type { LinkTargets } from "./page.ts";
import type { Styled } from "./wrap.ts";

/** Returns the text of a paragraph, a heading or a cell in its styles. */
export function spansOf(
  nodes: readonly PhrasingContent[],
  targets: LinkTargets,
  tones: readonly Tone[] = [],
): readonly Styled[] {
  return nodes.flatMap((node) => spansOfNode(node, targets, tones));
}

function spansOfNode(node: PhrasingContent, targets: LinkTargets, tones: readonly Tone[]): readonly Styled[] {
  switch (node.type) {
    case "text":
      return [{ text: visible(node.value), tones }];
    case "emphasis":
      return spansOf(node.children, targets, including(tones, "emphasis"));
    case "strong":
      return spansOf(node.children, targets, including(tones, "strong"));
    case "delete":
      // Without its marks, text that no longer holds would look as if it did.
      return [{ text: "~~", tones }, ...spansOf(node.children, targets, tones), { text: "~~", tones }];
    case "inlineCode":
      return [
        { text: codeSpan(visible(node.value.replaceAll("\n", " "))), tones: including(tones, "code"), verbatim: true },
      ];
    case "break":
      return [{ text: "\n", tones: [], verbatim: true }];
    case "link":
      return link(spansOf(node.children, targets, tones), node.url, tones);
    case "linkReference":
      return link(spansOf(node.children, targets, tones), targets.get(node.identifier) ?? "", tones);
    case "image":
    case "imageReference":
      return [{ text: visible(node.alt ?? ""), tones }];
    case "footnoteReference":
      return [{ text: footnoteMark(node), tones }];
    case "html":
      return [{ text: visible(withoutComments(node.value)), tones }];
  }
}

/** Returns how a footnote is called where it is referenced, and at the end of the document. */
export function footnoteMark(node: {
  readonly identifier: string;
  readonly label?: string | null | undefined;
}): string {
  return `[^${oneLine(node.label ?? node.identifier)}]`;
}

/** Inline code keeps its backticks: more of them than it has inside. */
function codeSpan(code: string): string {
  const longest = (code.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
  const fence = "`".repeat(longest + 1);
  const padding = /^`|`$/.test(code) ? " " : "";
  return `${fence}${padding}${code}${padding}${fence}`;
}

/** The text, then the URL in parentheses unless they are the same. */
function link(text: readonly Styled[], url: string, tones: readonly Tone[]): readonly Styled[] {
  const target = oneLine(url);
  const shown = text.map((span) => span.text).join("");
  if (target === "" || ["", "http://", "mailto:"].some((scheme) => target === `${scheme}${shown}`)) return text;
  const after = including(tones, "dim");
  if (shown.trim() === "") return [{ text: target, tones: after }];
  return [...text, { text: " ", tones }, { text: `(${target})`, tones: after }];
}

function including(tones: readonly Tone[], tone: Tone): readonly Tone[] {
  return tones.includes(tone) ? tones : [...tones, tone];
}
