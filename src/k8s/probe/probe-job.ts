import { restrictedContainer, restrictedPod } from "../../core/kubernetes/pod-security.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { callText, mountedSecrets, type ProbeCall } from "../../core/probe.ts";
import type { ProbeOrigin } from "./port.ts";

export const probeContainer = "probe";
/** By this, what a killed run left behind is found. */
export const probeLabels = { "app.kubernetes.io/name": "gennet-probe", "app.kubernetes.io/managed-by": "gennet" };
/** How long a pod may exist, from the moment that it could be scheduled. */
export const probeDeadlineSeconds = 180;
/** Where a pod listens that is called. */
export const listenerPort = 8080;

/** What a pod does: it makes calls, or is called. */
export type ProbeTask = readonly ProbeCall[] | "listen";

interface ProbeJobSettings extends ProbeOrigin {
  readonly name: string;
  readonly image: string;
  readonly task: ProbeTask;
}

/** The identity of a probe: no permission refers to it, and its token is not mounted. */
export function probeServiceAccount({ name, namespace }: ProbeJobSettings): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace, labels: probeLabels },
    automountServiceAccountToken: false,
  };
}

/**
 * A Job of one pod that makes calls and ends, or is called until it is removed. It complies with the restricted Pod Security Standard:
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function probeJob(settings: ProbeJobSettings): KubeObject {
  const { name, namespace, meshed, image, task } = settings;
  const calls = task === "listen" ? [] : task;
  const words = task === "listen" ? ["--listen", String(listenerPort)] : calls.map(callText);
  const secrets = [...new Set(calls.flatMap((call) => ("secret" in call && call.secret ? [call.secret] : [])))];
  const volumes = secrets.map((secretName, at) => ({
    name: `secret-${at}`,
    // A pod whose Secret is missing would wait for it; so, gennet reports that it is.
    secret: { secretName, defaultMode: 0o440, optional: true },
  }));
  const mounts = secrets.map((secret, at) => ({
    name: `secret-${at}`,
    mountPath: `${mountedSecrets}/${secret}`,
    readOnly: true,
  }));
  const labels = { ...probeLabels, "sidecar.istio.io/inject": String(meshed) };
  // Before its sidecar runs, a pod of the mesh reaches nothing.
  const hold = { "proxy.istio.io/config": JSON.stringify({ holdApplicationUntilProxyStarts: true }) };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels: probeLabels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: probeDeadlineSeconds,
      ttlSecondsAfterFinished: probeDeadlineSeconds,
      template: {
        metadata: { labels, ...(meshed ? { annotations: hold } : {}) },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 1,
          serviceAccountName: name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: restrictedPod(10_001),
          containers: [
            {
              name: probeContainer,
              image,
              args: ["probe", "--no-input", "--quiet", "--output", "json", ...words],
              resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "192Mi" } },
              securityContext: restrictedContainer,
              ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
              ...(task === "listen" ? listening : {}),
            },
          ],
          ...(volumes.length === 0 ? {} : { volumes }),
        },
      },
    },
  };
}

/** A pod that is ready has a program that answers, so that a call that fails was refused on its way there. */
const listening = {
  ports: [{ name: "http", containerPort: listenerPort }],
  readinessProbe: { httpGet: { path: "/", port: listenerPort }, periodSeconds: 1 },
};
