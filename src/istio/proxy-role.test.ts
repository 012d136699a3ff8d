import { describe, expect, it } from "vitest";
import { proxyRoleOf } from "./proxy-role.ts";

const role = (args?: string[], labels = {}, annotations = {}) =>
  proxyRoleOf({ labels, annotations, containers: [{ name: "istio-proxy", ...(args === undefined ? {} : { args }) }] });

describe("the role of an istio-proxy container", () => {
  it("The role of an istio-proxy container is given by its first arguments", () => {
    expect(role(["proxy", "sidecar"])).toBe("sidecar");
    expect(role(["proxy", "router", "--domain", "x"])).toBe("gateway");
    expect(role(["proxy", "waypoint"])).toBe("waypoint");
    expect(role(["proxy", "ztunnel"])).toBe("ztunnel");
    expect(role()).toBe("sidecar");
  });

  it("The role is gateway if a Gateway's controller created the pod, and there is no Envoy with the gRPC template", () => {
    expect(role(undefined, { "gateway.istio.io/managed": "istio.io-gateway-controller" })).toBe("gateway");
    expect(role(undefined, {}, { "inject.istio.io/templates": "gateway" })).toBe("gateway");
    expect(role(["proxy", "sidecar"], {}, { "inject.istio.io/templates": "grpc-agent" })).toBe("proxyless");
  });

  it("The role is undefined without such a container", () => {
    expect(proxyRoleOf({ labels: {}, annotations: {}, containers: [{ name: "app" }] })).toBeUndefined();
  });
});
