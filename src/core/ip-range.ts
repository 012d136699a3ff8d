/** A block of IPv4 addresses. */
export interface IpRange {
  /** The first address, as a number. */
  readonly base: number;
  readonly prefix: number;
}

/** Reads `10.0.0.0/16`; an address alone is a range of one. */
export function parseRange(text: string): IpRange {
  const [address = "", length = "32"] = text.split("/");
  const prefix = Number(length);
  const value = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(value / size) * size, prefix };
}

/** Returns whether two ranges have an address in common. */
export function rangesOverlap(one: string, other: string): boolean {
  const [a, b] = [parseRange(one), parseRange(other)];
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

/** Returns whether a range contains every address of another one. */
export function rangeContains(outer: string, inner: string): boolean {
  const [a, b] = [parseRange(outer), parseRange(inner)];
  return a.base <= b.base && b.base + sizeOf(b) <= a.base + sizeOf(a);
}

function sizeOf({ prefix }: IpRange): number {
  return 2 ** (32 - prefix);
}
