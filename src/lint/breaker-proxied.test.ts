import { describe, expect, it } from "vitest";
import { importsHost } from "../istio/sidecar-egress.ts";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const catalog = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: orders, labels: { domain: shop } }
spec: { type: service, dependsOn: ["component:payments"] }
`;
const workload = (annotations: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: orders }
spec: { template: { metadata: { labels: { app: orders }, annotations: ${annotations} } } }
`;
const service = (port: number): string => `apiVersion: v1
kind: Service
metadata: { name: payments, namespace: payments }
spec: { ports: [{ name: http, port: ${port} }] }
`;
const sidecar = (spec: string, namespace = "orders"): string => `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: ${namespace} }
spec: ${spec}
`;

const passing = (annotations: string, more: Record<string, string> = {}): string[] =>
  told(
    lintFiles(
      { "catalog-info.yaml": catalog, "app.yaml": workload(annotations), ...more },
      { only: ["breaker/proxied"] },
    ),
  ).map((line) => line.replace(/^.*?: its/, "its"));

describe("a Sidecar's egress", () => {
  it("A Sidecar's egress excludes what an entry with ! names, and imports everything without entries", () => {
    const imports = (...hosts: string[]) =>
      importsHost({ egress: [{ hosts }] }, "orders", "payments.payments.svc.cluster.local", "payments");
    expect(imports("*/*")).toBe(true);
    expect(imports("*/*", "!payments/*")).toBe(false);
    expect(imports("./*", "~/*")).toBe(false);
    expect(importsHost({}, "orders", "payments.payments.svc.cluster.local", "payments")).toBe(true);
  });
});

describe("a call that does not pass its caller's proxy", () => {
  it.each([
    ['{ traffic.sidecar.istio.io/excludeOutboundPorts: "80,5432" }', "port 80 is in its excludeOutboundPorts"],
    ['{ traffic.sidecar.istio.io/includeOutboundIPRanges: "" }', "its includeOutboundIPRanges is empty"],
    ['{ traffic.sidecar.istio.io/excludeOutboundIPRanges: "0.0.0.0/0" }', "its excludeOutboundIPRanges has 0.0.0.0/0"],
    ["{ sidecar.istio.io/interceptionMode: NONE }", "its interceptionMode is NONE"],
  ])("A call that bypasses its caller's proxy is found by the pod's annotations: %s", (annotations, why) => {
    expect(passing(annotations)).toEqual([`its calls to payments bypass its proxy: ${why}`]);
  });

  it.each([
    "{}",
    '{ traffic.sidecar.istio.io/excludeOutboundPorts: "5432" }',
    '{ traffic.sidecar.istio.io/excludeOutboundIPRanges: "169.254.169.254/32" }',
    '{ traffic.sidecar.istio.io/includeOutboundIPRanges: "10.0.0.0/8" }',
  ])("A call that does not bypass its caller's proxy is not reported: %s", (annotations) => {
    expect(passing(annotations)).toEqual([]);
  });

  it("A call that bypasses its caller's proxy is found by the ports of the Service, if the tree contains it", () => {
    const excluding = '{ traffic.sidecar.istio.io/excludeOutboundPorts: "8080" }';
    const tree = (port: number) => ({
      "payments/catalog-info.yaml": catalog.replace("name: orders", "name: payments").replace(/spec:.*/, "spec: {}"),
      "payments/service.yaml": service(port),
    });
    expect(passing(excluding, tree(8080))).toHaveLength(1);
    expect(passing(excluding, tree(80))).toEqual([]);
  });

  it("A call to a service that is missing from a Sidecar's egress is reported", () => {
    const of = (hosts: string, namespace?: string) =>
      passing("{}", { "sidecar.yaml": sidecar(`{ egress: [{ hosts: [${hosts}] }] }`, namespace) });
    const why =
      "its calls to payments bypass its proxy: the egress of Sidecar orders/default (sidecar.yaml) does not include payments";
    expect(of('"./*", "istio-system/*"')).toEqual([why]);
    expect(of('"*/cart.cart.svc.cluster.local"')).toEqual([why]);
    expect(of('"./*"', "istio-system")).toHaveLength(1);
    for (const hosts of ['"*/*"', '"payments/*"', '"*/*.payments.svc.cluster.local"', '"~/*", "*/*"']) {
      expect(of(hosts)).toEqual([]);
    }
    expect(
      passing("{}", {
        "sidecar.yaml": sidecar("{ workloadSelector: { labels: { app: cart } }, egress: [{ hosts: [./*] }] }"),
      }),
    ).toEqual([]);
  });
});
