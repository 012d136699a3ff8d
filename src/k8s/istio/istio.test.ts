import { describe, expect, it } from "vitest";
import { proxiesIn } from "./syncz.ts";

describe("what istiod reports about its proxies", () => {
  const now = Date.parse("2026-01-02T03:04:05Z");
  const cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  const status = (resource: object) => [
    { proxy: "orders-7d9.x.shop", istio_version: "1.31.0", resources: { [cluster]: resource } },
  ];
  const read = (resource: object) => proxiesIn(JSON.stringify(status(resource)), now)[0]?.resources[0];

  it("The pod's name is everything before the last dot", () => {
    expect(proxiesIn(JSON.stringify(status({})), now)).toMatchObject([
      { namespace: "shop", name: "orders-7d9.x", version: "1.31.0" },
    ]);
  });

  it("A type is acknowledged, unacknowledged, refused with Envoy's message, or not sent, with an age by istiod's clock", () => {
    const sentTime = "2026-01-02T03:03:05Z";
    expect(read({ sent: "a", acked: "a", sentTime })).toEqual({
      type: "clusters",
      state: "acknowledged",
      ageMs: 60_000,
    });
    expect(read({ sent: "b", acked: "a", sentTime })).toMatchObject({ state: "unacknowledged" });
    expect(read({ sent: "b", acked: "a", sentTime, lastError: "no such filter" })).toMatchObject({
      state: "refused",
      error: "no such filter",
    });
    expect(read({ sentTime: "0001-01-01T00:00:00Z" })).toEqual({ type: "clusters", state: "not-sent" });
  });

  it("Anything but a list of proxies is an invalid response", () => {
    expect(() => proxiesIn("{}", now)).toThrow(SyntaxError);
    expect(() => proxiesIn("<html>", now)).toThrow(SyntaxError);
  });
});
