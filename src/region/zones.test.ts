import { describe, expect, it } from "vitest";
import { chooseZones, type ZoneOffer } from "./zones.ts";

const zonesOf = (...ids: readonly string[]): ZoneOffer["zones"] => ids.map((id) => ({ id, name: id }));
const virginia: ZoneOffer = {
  awsRegion: "us-east-1",
  zones: zonesOf("use1-az6", "use1-az3", "use1-az1", "use1-az2"),
};
const large = (...zones: readonly string[]): ZoneOffer => ({ ...virginia, instances: { type: "p5.48xlarge", zones } });
const none = new Map<number, string>();

function chosen(...args: Parameters<typeof chooseZones>): readonly (readonly [number, string])[] {
  return [...chooseZones(...args).zones];
}

describe("zones that gennet chooses", () => {
  it("A zone without EKS control planes is left out", () => {
    expect(chosen(3, none, virginia)).toEqual([
      [1, "use1-az6"],
      [2, "use1-az1"],
      [3, "use1-az2"],
    ]);
  });

  it("A zone that does not offer the nodes' instance type is left out", () => {
    expect(chosen(2, none, large("use1-az2", "use1-az3", "use1-az6"))).toEqual([
      [1, "use1-az6"],
      [2, "use1-az2"],
    ]);
  });

  it("Too few zones are reported with the reason for each one that cannot be used", () => {
    expect(chooseZones(3, none, large("use1-az2", "use1-az6")).problem).toBe(
      "us-east-1 has 2 zones for it, but gennet.yaml requires 3 (EKS has no control planes in use1-az3; use1-az1 does not offer p5.48xlarge)",
    );
  });

  it("A zone that has subnets keeps its place, although AWS no longer offers it", () => {
    const held = new Map([
      [1, "use1-az5"],
      [3, "use1-az6"],
    ]);
    expect(chosen(3, held, virginia)).toEqual([
      [1, "use1-az5"],
      [3, "use1-az6"],
      [2, "use1-az1"],
    ]);
  });
});

describe("zones that gennet.yaml names", () => {
  it("Named zones are taken in their order", () => {
    expect(chosen(["use1-az2", "use1-az6"], none, virginia)).toEqual([
      [1, "use1-az2"],
      [2, "use1-az6"],
    ]);
  });

  it.each([
    ["use1-az3", "EKS has no control planes in use1-az3"],
    ["use1-az9", "use1-az9 is no available zone of us-east-1, which has use1-az6, use1-az3, use1-az1, use1-az2"],
    ["use1-az1", "use1-az1 does not offer p5.48xlarge"],
  ])("The named zone %s is refused: %s", (id, problem) => {
    expect(chooseZones(["use1-az6", id], none, large("use1-az6", "use1-az3")).problem).toBe(problem);
  });

  it("A fifth zone has no room", () => {
    const held = new Map([1, 2, 3, 4].map((place) => [place, `held-${place}`]));
    expect(chooseZones(["use1-az6"], held, virginia).problem).toBe(
      "there is no room for use1-az6: its ranges are used by held-1, held-2, held-3, held-4",
    );
  });
});
