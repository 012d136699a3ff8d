import { parseRange } from "../core/ip-range.ts";
import type { Region } from "../platform/schema.ts";

/** Returns a block by its network address, as AWS stores it: `10.0.5.7/16` is `10.0.0.0/16`. */
export function canonical(cidr: string): string {
  const { base, prefix } = parseRange(cidr);
  return format(base, prefix);
}

/** Returns the block of the VPC that gennet makes for a region, as AWS stores it. */
export function ownRange({ network }: Pick<Region, "network">): string {
  return canonical(network.cidr);
}

/** Returns the `index`-th of the `2^bits` equal parts of a block: `part("10.0.0.0/16", 3, 1)` is `10.0.32.0/19`. */
export function part(cidr: string, bits: number, index: number): string {
  const { base, prefix } = parseRange(cidr);
  const size = 2 ** (32 - prefix - bits);
  return format(base + index * size, prefix + bits);
}

function format(base: number, prefix: number): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}
