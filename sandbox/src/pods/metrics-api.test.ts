import { expect, it } from "vitest";
import { metricsHost, metricsObjects } from "./metrics-api.ts";

it("metrics.k8s.io is served from this machine's loopback, under the name in the certificate", () => {
  const [service, api] = metricsObjects(20_000, "a CA");
  expect(service).toMatchObject({ kind: "Service", spec: { type: "ExternalName", externalName: "localhost" } });
  expect(api).toMatchObject({
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: { service: { ...service?.metadata, port: 20_000 }, caBundle: Buffer.from("a CA").toString("base64") },
  });
  expect(metricsHost).toBe(`${service?.metadata.name}.${service?.metadata.namespace}.svc`);
});
