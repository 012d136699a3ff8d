import { describe, expect, it } from "vitest";
import { proxyRoleOf } from "./proxy-role.ts";

const role = (args?: string[], labels = {}, annotations = {}) =>
  proxyRoleOf({ labels, annotations, containers: [{ name: "istio-proxy", ...(args === undefined ? {} : { args }) }] });

describe("what an istio-proxy container is", () => {
  it("is told by its first arguments", () => {
    expect(role(["proxy", "sidecar"])).toBe("sidecar");
    expect(role(["proxy", "router", "--domain", "x"])).toBe("gateway");
    expect(role(["proxy", "waypoint"])).toBe("waypoint");
    expect(role(["proxy", "ztunnel"])).toBe("ztunnel");
    expect(role()).toBe("sidecar");
  });

  it("is a gateway where a Gateway's controller made it, and no Envoy with the gRPC template", () => {
    expect(role(undefined, { "gateway.istio.io/managed": "istio.io-gateway-controller" })).toBe("gateway");
    expect(role(undefined, {}, { "inject.istio.io/templates": "gateway" })).toBe("gateway");
    expect(role(["proxy", "sidecar"], {}, { "inject.istio.io/templates": "grpc-agent" })).toBe("proxyless");
  });

  it("is nothing where there is no such container", () => {
    expect(proxyRoleOf({ labels: {}, annotations: {}, containers: [{ name: "app" }] })).toBeUndefined();
  });
});
