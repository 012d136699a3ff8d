/** A folder of the XDG specification: by its variable, or below the home. A relative path is invalid and is ignored. */
export function xdgFolder(value: string | undefined, home: string, fallback: string): string {
  return value?.startsWith("/") === true ? value : `${home}/${fallback}`;
}
