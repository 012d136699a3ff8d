import { createHash } from "node:crypto";

/**
 * Names of what a sandbox makes in the kernel: short enough for an interface (15 characters), the same in every run,
 * and of this sandbox alone, so that they can be found and removed with nothing else left of it.
 */
export function kernelPrefix(root: string): string {
  return `g${createHash("sha256").update(root).digest("hex").slice(0, 6)}`;
}

/** `index` is the region's place among the sandbox's, 0 to 15. */
export function bridgeName(root: string, index: number): string {
  return `${kernelPrefix(root)}${index.toString(16)}-br`;
}

/** Of a pod's network namespace and of the host's end of its cable. */
export function podInterface(root: string, index: number, address: string): string {
  return `${kernelPrefix(root)}${index.toString(16)}-${(toNumber(address) & 0xffff).toString(16).padStart(4, "0")}`;
}

/** The addresses of a region's real pods: 4,096 of the range that AWS's VPC CNI uses beside a VPC's own. */
const size = 4_096;
export const prefixLength = 20;
const ranges = [
  { first: toNumber("100.64.0.0"), count: 1_024 },
  { first: toNumber("10.64.0.0"), count: 1_024 },
];

/** A free range for a region, `100.71.16.0`: none that touches the machine's routes, the same one where it is free. */
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
  throw new Error("no free range of addresses for pods is left on this machine");
}

interface Range {
  readonly first: number;
  readonly count: number;
}

/** `10.0.0.0/8` or a bare address; undefined for what is no IPv4 route, such as `default`. */
export function parseRange(text: string): Range | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) return undefined;
  return { first: toNumber(match[1] as string), count: 2 ** (32 - Number(match[2] ?? 32)) };
}

/** The bridge's own address, by which pods reach this machine. */
export function gatewayOf(range: string): string {
  return toAddress(toNumber(range) + 1);
}

/** The next address that no pod has, counted from the one given out last, so that none is used again at once. */
export function nextAddress(range: string, used: ReadonlySet<string>, last: string | undefined): string {
  const first = toNumber(range);
  // The network's, the bridge's and the broadcast address are no pod's.
  const usable = size - 3;
  const begin = last === undefined ? 0 : toNumber(last) - first - 1;
  for (let step = 0; step < usable; step++) {
    const candidate = toAddress(first + 2 + ((begin + step) % usable));
    if (!used.has(candidate)) return candidate;
  }
  throw new Error(`no free address is left in ${range}/${prefixLength}`);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
