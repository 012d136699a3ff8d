import { describe, expect, it } from "vitest";
import { mtlsOf, type PeerAuthentication } from "./peer-authentication.ts";

describe("how a workload accepts connections", () => {
  const policy = (
    namespace: string,
    name: string,
    spec: PeerAuthentication["spec"],
    creationTimestamp = "2026-01-01T00:00:00Z",
  ): PeerAuthentication => ({
    metadata: { name, namespace, creationTimestamp },
    ...(spec === undefined ? {} : { spec }),
  });
  const strict = { mtls: { mode: "STRICT" } } as const;
  const permissive = { mtls: { mode: "PERMISSIVE" } } as const;
  const unset = { mtls: { mode: "UNSET" } } as const;
  const selector = { matchLabels: { app: "orders" } };
  const pod = (namespace: string, labels: Record<string, string>) => ({ metadata: { name: "a", namespace, labels } });
  const orders = pod("shop", { app: "orders" });

  it("A workload accepts connections as PERMISSIVE without any policy", () => {
    expect(mtlsOf([], orders)).toEqual({ mode: "PERMISSIVE", from: "Istio's default", ports: {} });
  });

  it("A workload's mode comes from its own policy, otherwise its namespace's, otherwise the mesh's", () => {
    const mesh = policy("istio-system", "default", strict);
    const namespace = policy("shop", "default", permissive);
    const workload = policy("shop", "orders", { selector, mtls: { mode: "DISABLE" } });
    const other = policy("shop", "other", { selector: { matchLabels: { app: "other" } }, ...strict });
    expect(mtlsOf([mesh], orders)).toMatchObject({ mode: "STRICT", from: "PeerAuthentication istio-system/default" });
    expect(mtlsOf([mesh, namespace, other], orders)).toMatchObject({ mode: "PERMISSIVE" });
    expect(mtlsOf([workload, namespace, mesh], orders)).toMatchObject({ mode: "DISABLE" });
    expect(mtlsOf([workload, namespace, mesh], pod("elsewhere", { app: "orders" }))).toMatchObject({ mode: "STRICT" });
  });

  it("A workload's mode is inherited from the level above if it is not set", () => {
    const policies = [
      policy("istio-system", "default", strict),
      policy("shop", "default", unset),
      policy("shop", "orders", { selector }),
    ];
    expect(mtlsOf(policies, orders)).toMatchObject({ mode: "STRICT", from: "PeerAuthentication istio-system/default" });
  });

  it("A workload's mode comes from the oldest of several policies", () => {
    const older = policy("shop", "b", permissive, "2025-01-01T00:00:00Z");
    expect(mtlsOf([policy("shop", "a", strict), older], orders)).toMatchObject({ from: "PeerAuthentication shop/b" });
  });

  it("A workload's ports come from its own policy, and a selector in the root namespace selects nothing", () => {
    const portLevelMtls = { "9090": { mode: "PERMISSIVE" }, "8080": {} } as const;
    const own = policy("shop", "orders", { selector, ...strict, portLevelMtls });
    expect(mtlsOf([policy("istio-system", "default", strict), own], orders)).toEqual({
      mode: "STRICT",
      from: "PeerAuthentication shop/orders",
      ports: { "9090": "PERMISSIVE", "8080": "STRICT" },
      portsFrom: "PeerAuthentication shop/orders",
    });
    const root = policy("istio-system", "orders", { selector, ...permissive });
    expect(mtlsOf([policy("istio-system", "default", strict), root], orders)).toMatchObject({ mode: "STRICT" });
    expect(mtlsOf([policy("shop", "default", { ...strict, portLevelMtls })], orders).ports).toEqual({});
  });

  it("A workload's mode follows istiod's order of policies created in the same second: by name", () => {
    const policies = [policy("shop", "b", permissive), policy("shop", "a", strict)];
    expect(mtlsOf(policies, orders)).toMatchObject({ from: "PeerAuthentication shop/a" });
  });

  it("A workload's mode follows the root namespace in MeshConfig instead of istio-system", () => {
    const policies = [policy("istio-system", "default", permissive), policy("mesh-config", "default", strict)];
    expect(mtlsOf(policies, orders, "mesh-config")).toMatchObject({
      mode: "STRICT",
      from: "PeerAuthentication mesh-config/default",
    });
    expect(mtlsOf(policies, pod("istio-system", {}), "mesh-config")).toMatchObject({ mode: "PERMISSIVE" });
  });
});
