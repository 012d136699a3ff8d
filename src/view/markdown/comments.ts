/** Removes HTML comments. One that is not closed ends with the text, as in a browser. */
export function withoutComments(html: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = html.indexOf("<!--", at);
    if (start === -1) return parts.join("") + html.slice(at);
    parts.push(html.slice(at, start));
    // `<!-->` and `<!--->` are comments, too.
    const end = html.indexOf("-->", start + 2);
    if (end === -1) return parts.join("");
    at = end + 3;
  }
}
