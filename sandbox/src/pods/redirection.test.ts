import { describe, expect, it } from "vitest";
import { container, trialPod } from "../../../test/support/trial-pod.ts";
import type { Container, Pod } from "./pod.ts";
import { redirectionOf, refusedAnnotation } from "./redirection.ts";

function meshed(annotations: Readonly<Record<string, string>> = {}, sidecar: Partial<Container> = {}): Pod {
  const pod = trialPod({ initContainers: [container("istio-proxy", { restartPolicy: "Always", ...sidecar })] });
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: { "sidecar.istio.io/status": "{}", ...annotations } },
  };
}

describe("redirectionOf", () => {
  it("A pod that Istio's injector has not changed gets no redirection", () => {
    expect(redirectionOf(trialPod())).toBeUndefined();
    expect(redirectionOf(trialPod({ containers: [container("istio-proxy")] }))).toBeUndefined();
  });

  it("A gateway gets no redirection: its proxy has no program beside it", () => {
    expect(redirectionOf(meshed({}, { args: ["proxy", "sidecar"] }))).toEqual([]);
    expect(redirectionOf(meshed({}, { args: ["proxy", "router"] }))).toBeUndefined();
  });

  it("A redirection excludes the ports in the annotations", () => {
    const annotations = {
      "traffic.sidecar.istio.io/excludeInboundPorts": "15020,9000",
      "traffic.sidecar.istio.io/excludeOutboundPorts": "5432",
    };
    expect(redirectionOf(meshed(annotations))).toEqual(["--exclude-inbound=15020,9000", "--exclude-outbound=5432"]);
  });

  it("A redirection includes DNS if the sidecar answers it", () => {
    const env = [{ name: "ISTIO_META_DNS_CAPTURE", value: "true" }];
    expect(redirectionOf(meshed({}, { env }))).toEqual(["--dns"]);
  });
});

describe("refusedAnnotation", () => {
  it("An annotation that would redirect only some of the traffic is rejected by name", () => {
    const some = { "traffic.sidecar.istio.io/includeOutboundIPRanges": "10.0.0.0/8" };
    expect(refusedAnnotation(meshed(some))).toBe(
      'metadata.annotations["traffic.sidecar.istio.io/includeOutboundIPRanges"]',
    );
    expect(refusedAnnotation(meshed({ "sidecar.istio.io/interceptionMode": "TPROXY" }))).toMatch(/interceptionMode/);
  });

  it("The injector's own annotations are accepted, and pods without a sidecar are not checked", () => {
    expect(refusedAnnotation(meshed({ "traffic.sidecar.istio.io/includeInboundPorts": "*" }))).toBeUndefined();
    expect(refusedAnnotation(trialPod())).toBeUndefined();
  });
});
