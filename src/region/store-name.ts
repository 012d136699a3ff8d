import { createHash } from "node:crypto";
import { nameOf, type RegionWorld } from "./world.ts";

/**
 * Returns `<platform>-<region>-<name>` with at most `most` characters and without two dashes in a row, which RDS and
 * ElastiCache refuse. A name that has to be changed for that gets a hash, so that it stays unique.
 */
export function storeName(world: RegionWorld, name: string, most: number): string {
  const full = nameOf(world, name);
  const plain = full.replaceAll(/-{2,}/g, "-");
  if (plain === full && full.length <= most) return full;
  const hash = createHash("sha256").update(full).digest("hex").slice(0, 8);
  return `${plain.slice(0, most - 9).replace(/-$/, "")}-${hash}`;
}
