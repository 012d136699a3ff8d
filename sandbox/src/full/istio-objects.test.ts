import { expect, it } from "vitest";
import { istioObjects } from "./istio-objects.ts";

const manifest = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "trustDomain: other"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: values, namespace: istio-system}
---
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector}
webhooks:
- name: namespace.sidecar-injector.istio.io
  clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject, port: 443}}
  objectSelector: {matchExpressions: [{key: sidecar.istio.io/inject, operator: NotIn, values: ["false"]}]}
- name: object.sidecar-injector.istio.io
  clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject, port: 443}}
`;

it("Istio's objects for sidecars have this mesh's configuration, and an injector for real pods on this machine", () => {
  const [config, webhook, ...others] = istioObjects(manifest, { trustDomain: "cluster.local" }, 4711);
  expect(others).toEqual([]);
  expect(config).toMatchObject({ metadata: { name: "istio" }, data: { mesh: '{"trustDomain":"cluster.local"}' } });
  const real = { key: "sandbox.gennet.dev/real", operator: "Exists" };
  expect(webhook?.["webhooks"]).toEqual([
    {
      name: "namespace.sidecar-injector.istio.io",
      clientConfig: { url: "https://localhost:4711/inject" },
      objectSelector: {
        matchExpressions: [{ key: "sidecar.istio.io/inject", operator: "NotIn", values: ["false"] }, real],
      },
    },
    {
      name: "object.sidecar-injector.istio.io",
      clientConfig: { url: "https://localhost:4711/inject" },
      objectSelector: { matchExpressions: [real] },
    },
  ]);
});
