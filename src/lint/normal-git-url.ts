/**
 * Normalises a repository address, or a pattern for addresses, like Argo CD does for comparing: lower case, without
 * `.git`, `git@host:path` as `git@host/path`. An address that Go cannot parse becomes an empty string. A path with an
 * invalid character, such as a brace or a space, is escaped as a whole. A pattern with braces therefore matches no
 * address, because its braces become `%7B` and its asterisks `%2A`.
 * https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/git.go, NormalizeGitURL
 */
export function normalGitUrl(url: string): string {
  let address = url.trim().toLowerCase();
  if (/^(ssh:\/\/)?[^/:]*@[^@]+$/.test(address) && !address.startsWith("ssh://")) {
    address = `ssh://${address.replace(":", "/")}`;
  }
  const [, scheme = "", host, rest = ""] =
    /^([a-z][a-z0-9+.-]*:)?(?:\/\/([^/?#]*))?(.*)$/s.exec(address.replace(/\.git$/, "")) ?? [];
  if (host !== undefined && !isHost(host)) return "";
  if (scheme === "" && host === undefined && /^[^/?#]*:/.test(rest)) return "";
  const [, path = "", more = ""] = /^([^?#]*)(.*)$/s.exec(rest) ?? [];
  if (/%(?![0-9a-f]{2})/.test(path)) return "";
  const isOpaque = scheme !== "" && host === undefined && !path.startsWith("/");
  const shown = isOpaque ? path : escapedPath(path);
  return `${scheme}${host === undefined ? "" : `//${host}`}${shown ?? ""}${more}`.replace(/^ssh:\/\//, "");
}

/** What Go accepts as a host, with its user and port. */
function isHost(host: string): boolean {
  return /^([^@\s[\]{}|\\^`<>"]*@)?([^\s:[\]{}|\\^`/]*|\[[0-9a-f:.]+\])(:\d*)?$/.test(host);
}

function escapedPath(path: string): string {
  if (/^([a-z0-9\-_.~!$&'()*+,;=:@[\]/]|%[0-9a-f]{2})*$/.test(path)) return path;
  return encodeURIComponent(unescaped(path))
    .replaceAll(/%(2F|24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
    .replaceAll(/[!'()*]/g, (each) => `%${each.codePointAt(0)?.toString(16).toUpperCase()}`);
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
