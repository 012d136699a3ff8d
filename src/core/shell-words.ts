/**
 * Returns a text as one word of a POSIX shell, quoted only if necessary. A path that begins with a dash gets `./`, so
 * that it is not read as an option. Control characters, which a terminal would not show, are escaped in a form that
 * bash, zsh and ksh understand.
 */
export function shellWord(text: string): string {
  if (/^-(?!-[a-z-]+=).*\//.test(text)) return shellWord(`./${text}`);
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/\p{Cc}/u.test(text)) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = text
    .replace(/[\\']/g, String.raw`\$&`)
    .replace(/\p{Cc}/gu, (each) => [...Buffer.from(each)].map((byte) => String.raw`\x${hex(byte)}`).join(""));
  return `$'${escaped}'`;
}

/**
 * Returns a command line that can be pasted into a shell: each value of the template becomes one word, and a list
 * several. ``shell`git diff -- ${"my services/orders"}` `` is `git diff -- 'my services/orders'`.
 */
export function shell(parts: TemplateStringsArray, ...values: readonly (string | readonly string[])[]): string {
  const words = values.map((value) => (typeof value === "string" ? [value] : value).map(shellWord).join(" "));
  return String.raw({ raw: parts }, ...words);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
