import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

// Reports of users to Istio, with their original input.

const policy = (name: string, namespace: string, spec: string, kind = "PeerAuthentication"): string =>
  `apiVersion: security.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
const lines = (...objects: string[]): string[] =>
  told(lintFiles({ "a.yaml": objects.join("---\n") }, { only: ["mtls", "mesh"] })).map((line) =>
    line.replace(/^a\.yaml:/, ""),
  );

describe("a selector with a wildcard (istio#35871)", () => {
  const spec = (label: string, more: string): string => `{ selector: { matchLabels: { ${label} } }${more} }`;
  const refused = (key: string): string =>
    `4 fail mesh/selector: its selector has a wildcard for ${key}: Istio rejects it, because it compares labels literally`;

  it("A selector with a wildcard fails, and is not reported as PERMISSIVE, because Istio rejects the policy (istio#35871)", () => {
    const open = ", portLevelMtls: { 9090: { mode: PERMISSIVE } }";
    expect(lines(policy("prom-metrics", "mynamespace", spec('host: "*.mynamespace.svc.cluster.local"', open)))).toEqual(
      [refused("host")],
    );
    expect(lines(policy("a", "b", spec('"app*": orders', ", mtls: { mode: DISABLE }")))).toEqual([refused("app*")]);
  });

  it.each(["AuthorizationPolicy", "RequestAuthentication"])("A selector with a wildcard fails for %s too", (kind) => {
    expect(lines(policy("a", "b", spec('app: "orders-*"', ""), kind))).toEqual([refused("app")]);
  });
});

describe("two policies for all of a namespace (istio#30596)", () => {
  const older = (name: string, mode: string): string =>
    `9 fail mtls/strict: applies to its whole namespace, like ${name} (${mode}): Istio uses the older one and ignores the other`;

  it("Two policies for a whole namespace fail if their modes differ, at the second", () => {
    const [unset, strict] = [policy("a", "shop", "{}"), policy("b", "shop", "{ mtls: { mode: STRICT } }")];
    expect(lines(unset, strict)).toEqual([older("a", "UNSET")]);
    expect(lines(strict, unset)).toEqual([older("b", "STRICT")]);
  });

  it("Two policies for a whole namespace pass if they have the same mode, or are for different namespaces or for a workload", () => {
    const strict = (name: string, namespace = "istio-system"): string =>
      policy(name, namespace, "{ mtls: { mode: STRICT } }");
    expect(lines(strict("default"), strict("default2"))).toEqual([]);
    expect(lines(strict("default", "shop"), policy("default", "ops", "{}"))).toEqual([]);
    const one = "{ selector: { matchLabels: { app: orders } }, portLevelMtls: { 80: { mode: STRICT } } }";
    expect(lines(strict("default", "shop"), policy("orders", "shop", one))).toEqual([]);
  });
});

describe("modes of ports", () => {
  it("Port modes fail for the whole mesh or a namespace, where Istio ignores them (istio#27994)", () => {
    const spec = "{ mtls: { mode: STRICT }, portLevelMtls: { 9090: { mode: DISABLE } } }";
    for (const namespace of ["istio-system", "shop"]) {
      expect(lines(policy("default", namespace, spec))).toEqual([
        "4 fail mtls/ports: portLevelMtls without a selector: Istio rejects it, and would ignore it",
      ]);
    }
  });

  it.each([
    ["0", true],
    ["65535", false],
    ["65536", true],
  ])("Port modes fail for a number that is not a valid port: %s", (port, isRefused) => {
    const spec = `{ selector: { matchLabels: { app: a } }, portLevelMtls: { ${port}: { mode: STRICT } } }`;
    const refused = [`4 fail mtls/ports: ${port} is not a valid port: Istio rejects the policy`];
    expect(lines(policy("a", "shop", spec))).toEqual(isRefused ? refused : []);
  });
});

describe("a single workload without mutual TLS", () => {
  it("A single workload without mutual TLS fails by its policy (istio#32079), and by a caller's rule for one of its ports (istio#42790)", () => {
    const spec = "{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: DISABLE } }";
    expect(lines(policy("httpbin", "foo", spec))).toEqual(["4 fail mtls/strict: mTLS is DISABLE for its workload"]);
    const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: nginx, namespace: web }
spec:
  host: nginx.web.svc.cluster.local
  trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: SIMPLE } }] }
`;
    expect(lines(rule)).toEqual([
      "6 fail mtls/client: callers of nginx.web.svc.cluster.local (port 443) use tls mode SIMPLE, not the mesh's mTLS",
    ]);
  });
});
