/**
 * Returns a folder of the XDG specification: from its variable, otherwise from the default in the home folder. A
 * relative path is invalid and is ignored.
 */
export function xdgFolder(value: string | undefined, home: string, fallback: string): string {
  return value?.startsWith("/") === true ? value : `${home}/${fallback}`;
}
