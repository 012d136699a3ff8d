/** Returns the forms of `values` that occur in a text: unchanged, Base64 at any offset, URL- and JSON-escaped, hex. */
export function plantedIn(text: string, values: readonly string[]): string[] {
  return values.flatMap(formsOf).filter((form) => text.includes(form));
}

function formsOf(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  // The middle of each of the three alignments, because the ends depend on the surrounding text.
  const aligned = [0, 1, 2].map((at) =>
    Buffer.from("x".repeat(at) + value)
      .toString("base64")
      .slice(4, -4),
  );
  const base64Url = aligned.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  const twice = escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  const hex = Buffer.from(value).toString("hex");
  return [...new Set([value, encodeURIComponent(value), escaped, twice, ...aligned, ...base64Url, hex])];
}
