import { expect, it } from "vitest";
import {
  bridgeName,
  chooseRange,
  gatewayOf,
  isWithin,
  kernelPrefix,
  nextAddress,
  parseRange,
  podInterface,
} from "./addresses.ts";

const root = "/home/someone/.local/state/gennet/sandbox/default";
const range = (text: string) => parseRange(text) as NonNullable<ReturnType<typeof parseRange>>;

it("Names in the kernel have at most 15 characters, and their prefix is unique to the sandbox", () => {
  const names = [bridgeName(root, 15), podInterface(root, 15, "100.64.255.254")];
  expect(names.every((name) => name.length <= 15 && name.startsWith(kernelPrefix(root)))).toBe(true);
  expect(kernelPrefix(`${root}2`)).not.toBe(kernelPrefix(root));
  expect(podInterface(root, 0, "100.64.0.2")).not.toBe(podInterface(root, 1, "100.64.0.2"));
  expect(podInterface(root, 0, "100.64.0.2")).not.toBe(podInterface(root, 0, "100.64.1.2"));
});

it("chooseRange returns the same range again, another one if a route overlaps it, and the next /10 if all overlap", () => {
  const first = chooseRange(root, []);
  expect(first).toMatch(/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d+\.0$/);
  expect(chooseRange(root, [])).toBe(first);
  expect(chooseRange(root, [range(`${first}/20`)])).not.toBe(first);
  expect(chooseRange(root, [range(gatewayOf(first))])).not.toBe(first);
  expect(chooseRange(root, [range("100.64.0.0/10")])).toMatch(/^10\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./);
  expect(() => chooseRange(root, [range("0.0.0.0/0")])).toThrow(/no free address range/);
});

it("isWithin is true for the addresses of a region's range only", () => {
  const inside = ["100.64.16.0", "100.64.31.255"].map((address) => isWithin(address, "100.64.16.0"));
  const outside = ["100.64.15.255", "100.64.32.0", "10.128.0.1"].map((address) => isWithin(address, "100.64.16.0"));
  expect([inside, outside]).toEqual([
    [true, true],
    [false, false, false],
  ]);
});

it("parseRange returns undefined for anything other than an IPv4 route", () => {
  expect(["default", "fe80::/64"].map(parseRange)).toEqual([undefined, undefined]);
  expect(range("10.0.0.0/8")).toEqual({ first: 167772160, count: 16777216 });
});

it("nextAddress continues from the last one, skips addresses in use, and starts over at the end", () => {
  expect(nextAddress("100.64.0.0", new Set(), undefined)).toBe("100.64.0.2");
  expect(nextAddress("100.64.0.0", new Set(["100.64.0.4"]), "100.64.0.3")).toBe("100.64.0.5");
  expect(nextAddress("100.64.0.0", new Set(), "100.64.15.254")).toBe("100.64.0.2");
});
