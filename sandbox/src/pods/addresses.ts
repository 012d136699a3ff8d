import { createHash } from "node:crypto";

/**
 * Names for what a sandbox creates in the kernel: short enough for an interface (15 characters), the same in every run,
 * and unique to this sandbox, so that they can be found and removed even if nothing else of it is left.
 */
export function kernelPrefix(root: string): string {
  return `g${createHash("sha256").update(root).digest("hex").slice(0, 6)}`;
}

/** `index` is the region's position in the sandbox, 0 to 15. */
export function bridgeName(root: string, index: number): string {
  return `${kernelPrefix(root)}${index.toString(16)}-br`;
}

/** Names a pod's network namespace, and the host's end of its veth pair. */
export function podInterface(root: string, index: number, address: string): string {
  return `${kernelPrefix(root)}${index.toString(16)}-${(toNumber(address) & 0xffff).toString(16).padStart(4, "0")}`;
}

/** The addresses of a region's real pods: 4,096 of the range that AWS's VPC CNI uses in addition to a VPC's own. */
const size = 4_096;
export const prefixLength = 20;
const ranges = [
  { first: toNumber("100.64.0.0"), count: 1_024 },
  { first: toNumber("10.64.0.0"), count: 1_024 },
];

/**
 * Returns a free range for a region, such as `100.71.16.0`: one that overlaps none of the machine's routes, and the
 * same one in every run if it is free.
 */
export function chooseRange(seed: string, taken: readonly Range[]): string {
  const start = createHash("sha256").update(seed).digest().readUInt16BE(0);
  for (const { first, count } of ranges) {
    for (let step = 0; step < count; step++) {
      const candidate = first + ((start + step) % count) * size;
      if (!taken.some((range) => candidate < range.first + range.count && range.first < candidate + size)) {
        return toAddress(candidate);
      }
    }
  }
  throw new Error("this machine has no free address range left for pods");
}

interface Range {
  readonly first: number;
  readonly count: number;
}

/** Parses `10.0.0.0/8` or a bare address; undefined if it is not an IPv4 route, such as `default`. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) return undefined;
  return { first: toNumber(match[1] as string), count: 2 ** (32 - Number(match[2] ?? 32)) };
}

/** Returns whether it is an address of a region's real pods, or their bridge's. */
export function isWithin(address: string, range: string): boolean {
  const offset = toNumber(address) - toNumber(range);
  return offset >= 0 && offset < size;
}

/** Returns the bridge's own address, with which pods reach this machine. */
export function gatewayOf(range: string): string {
  return toAddress(toNumber(range) + 1);
}

/**
 * Returns the next address that no pod has, starting after the last assigned one, so that none is reused immediately.
 */
export function nextAddress(range: string, used: ReadonlySet<string>, last: string | undefined): string {
  const first = toNumber(range);
  // The network, bridge and broadcast addresses are not for pods.
  const usable = size - 3;
  const begin = last === undefined ? 0 : toNumber(last) - first - 1;
  for (let step = 0; step < usable; step++) {
    const candidate = toAddress(first + 2 + ((begin + step) % usable));
    if (!used.has(candidate)) return candidate;
  }
  throw new Error(`no free addresses left in ${range}/${prefixLength}`);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
