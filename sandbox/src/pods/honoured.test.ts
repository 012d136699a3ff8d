import { describe, expect, it } from "vitest";
import { container, trialPod } from "../../../test/support/trial-pod.ts";
import { refusedField } from "./honoured.ts";

const withContainer = (fields: object) => trialPod({ containers: [container("app", fields)] });

describe("refusedField", () => {
  it("refusedField returns undefined for a Deployment of the template", () => {
    const pod = trialPod({
      securityContext: { runAsNonRoot: true, runAsUser: 10001 },
      volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
      containers: [
        container("app", {
          ports: [{ name: "http", containerPort: 8000 }],
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 5 },
          securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        }),
      ],
    });
    expect(refusedField(pod)).toBeUndefined();
  });

  it("refusedField returns undefined for a field that is switched off", () => {
    expect(refusedField({ spec: { ...trialPod().spec, hostNetwork: false } as never })).toBeUndefined();
    expect(refusedField(withContainer({ tty: false, securityContext: { privileged: false } }))).toBeUndefined();
  });

  it("refusedField returns undefined for a sysctl of the pod's own network", () => {
    const sysctls = [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }];
    expect(refusedField(trialPod({ securityContext: { sysctls } }))).toBeUndefined();
  });

  it.each([
    [
      "spec.securityContext.sysctls[0].name",
      { ...trialPod().spec, securityContext: { sysctls: [{ name: "kernel.sem", value: "1" }] } },
    ],
    ["spec.hostNetwork", { ...trialPod().spec, hostNetwork: true }],
    ["spec.shareProcessNamespace", { ...trialPod().spec, shareProcessNamespace: true }],
    ["spec.volumes[0].hostPath", { ...trialPod().spec, volumes: [{ name: "a", hostPath: { path: "/" } }] }],
    [
      "spec.volumes[0].projected.sources[0].clusterTrustBundle",
      { ...trialPod().spec, volumes: [{ name: "a", projected: { sources: [{ clusterTrustBundle: {} }] } }] },
    ],
    ["spec.containers[0].securityContext.privileged", withContainer({ securityContext: { privileged: true } }).spec],
    ["spec.containers[0].livenessProbe.grpc", withContainer({ livenessProbe: { grpc: { port: 1 } } }).spec],
    ["spec.containers[0].volumeDevices", withContainer({ volumeDevices: [] }).spec],
    ["spec.containers[0].restartPolicy", withContainer({ restartPolicy: "Never" }).spec],
    [
      "spec.containers[0].env[0].valueFrom.fileKeyRef",
      withContainer({ env: [{ name: "A", valueFrom: { fileKeyRef: {} } }] }).spec,
    ],
    ["spec.initContainers[0].stdin", { ...trialPod().spec, initContainers: [{ ...container("init"), stdin: true }] }],
  ])("refusedField returns %s", (field, spec) => {
    expect(refusedField({ spec: spec as never })).toBe(field);
  });
});
