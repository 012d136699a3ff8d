/** Escapes text for Markdown: a message from a cluster must not create links, images, mentions or HTML. */
export function markdownProse(text: string): string {
  return (
    text
      .replaceAll(/&(?=#?\w+;)/g, "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(/[\\`*[\]|~]/g, "\\$&")
      // Inside a word, GitHub keeps an underscore as it is.
      .replaceAll(/(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, (run) => run.replaceAll("_", "\\_"))
      // GitHub has no escape for mentions of users and issues: https://github.com/github/cmark-gfm/issues/389.
      .replaceAll(/@(?=[\p{L}\p{N}])|#(?=\d)/gu, (sign) => `${sign}<!-- -->`)
  );
}

/** Returns a code span that backticks in the text cannot end. */
export function markdownCode(text: string): string {
  if (text === "") return "";
  const ticks = "`".repeat(longestTicks(text) + 1);
  const pad = ticks.length === 1 ? "" : " ";
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** Returns a fenced block that backticks in the text cannot end. */
export function markdownFence(text: string, language = ""): string {
  const ticks = "`".repeat(Math.max(3, longestTicks(text) + 1));
  return `${ticks}${language}\n${text}\n${ticks}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
}
