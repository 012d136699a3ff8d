/** Returns the minor number of a version of Kubernetes: 34 for `1.34`, `v1.34.2` and `v1.34.2-eks-1a2b3c4`. */
export function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1]);
}

/** Returns the minor version that is so many newer than another, `1.35` for `1.34.2` and 1. */
export function minorBy(version: string, more: number): string {
  return `1.${minorOf(version) + more}`;
}
