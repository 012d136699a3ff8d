import { expect, it } from "vitest";
import { metricsHost, metricsObjects, metricsService } from "./metrics-api.ts";

it("metrics.k8s.io is served by the Service of the kubelet, under the name in the certificate", () => {
  const [api] = metricsObjects(20_000, "a CA");
  expect(api).toMatchObject({
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: { service: { ...metricsService, port: 20_000 }, caBundle: Buffer.from("a CA").toString("base64") },
  });
  expect(metricsHost).toBe(`${metricsService.name}.${metricsService.namespace}.svc`);
});
