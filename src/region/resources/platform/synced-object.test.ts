import { expect, it } from "vitest";
import { standsStill, type SyncedObject } from "./synced-object.ts";

const looked = "2026-12-01T08:00:00Z";
const later = (seconds: number): number => Date.parse(looked) + seconds * 1000;

function application(sync: string, health: string, annotations: Readonly<Record<string, string>> = {}): SyncedObject {
  const status = { reconciledAt: looked, sync: { status: sync }, health: { status: health } };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "platform-istio-ingress", annotations },
    spec: {},
    status,
  };
}

it.each([
  ["Synced", "Progressing", true],
  // An autoscaler that got no metrics yet.
  ["Synced", "Degraded", true],
  ["Synced", "Healthy", false],
  // Its sync makes Argo CD look.
  ["OutOfSync", "Progressing", false],
])(
  "An Application that is %s and %s stands still when Argo CD has not looked at it for a while: %s",
  (sync, health, is) => {
    expect(standsStill(application(sync, health), later(20))).toBe(is);
    expect(standsStill(application(sync, health), later(5))).toBe(false);
    const asked = application(sync, health, { "argocd.argoproj.io/refresh": "normal" });
    expect(standsStill(asked, later(20))).toBe(false);
  },
);
