import { describe, expect, it } from "vitest";
import { canonical, part } from "./cidr.ts";

describe("canonical", () => {
  it.each([
    ["10.0.5.7/16", "10.0.0.0/16"],
    ["192.168.1.0/24", "192.168.1.0/24"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["172.31.255.1/20", "172.31.240.0/20"],
  ])("%s is %s", (written, stored) => expect(canonical(written)).toBe(stored));
});

describe("part", () => {
  it("A block is divided into equal, adjacent parts", () => {
    const parts = Array.from({ length: 8 }, (_, index) => part("10.0.0.0/16", 3, index));
    expect(parts[0]).toBe("10.0.0.0/19");
    expect(parts[1]).toBe("10.0.32.0/19");
    expect(parts[7]).toBe("10.0.224.0/19");
    expect(new Set(parts).size).toBe(8);
  });

  it("Parts carry over to the next octet", () => expect(part("10.1.255.0/24", 3, 7)).toBe("10.1.255.224/27"));
  it("Parts above 128.0.0.0 do not overflow", () => expect(part("192.168.0.0/16", 3, 4)).toBe("192.168.128.0/19"));
});
