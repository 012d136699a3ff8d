import { istioNamespace, istioRepository, isMeshWanted, ownValues, validation } from "./istio-chart.ts";
import { collectorHost, otlpHttpPort } from "./collector.ts";
import type { ChartValues, ComponentWorld, PlatformComponent } from "./component.ts";
import { mergeValues } from "./merge-values.ts";
import { leaving, meshOf, revisionOf } from "./mesh-revisions.ts";
import { versionsOf } from "./versions.ts";
import { authorityOf } from "./webhook-authority.ts";

/** The provider of spans in the mesh's configuration, which the mesh's Telemetry names. */
export const tracingProvider = "collector";
/** How the id of an istiod's component begins. */
export const istiodPrefix = "istiod-";

/** Returns the istiods of a region: one, and during an upgrade another one beside it. */
export function istiods(world: ComponentWorld): readonly PlatformComponent[] {
  const mesh = meshOf(world);
  const old = leaving(mesh, versionsOf(world).istio);
  return mesh.installed.map((version) => istiod(version, old.includes(version)));
}

function istiod(version: string, isLeaving: boolean): PlatformComponent {
  const revision = revisionOf(version);
  const name = `${istiodPrefix}${revision}`;
  return {
    id: name,
    title: `istiod ${version}`,
    anyOf: `${istiodPrefix}*`,
    version: () => version,
    namespace: istioNamespace,
    wave: 2,
    workloads: [{ kind: "Deployment", namespace: istioNamespace, name }],
    isWanted: isMeshWanted,
    takesItsObjects: isLeaving,
    source: {
      chart: {
        name: "istiod",
        repository: istioRepository,
        release: name,
        values: (world) => valuesOf(revision, world),
      },
    },
    ignores: [
      authorityOf("ValidatingWebhookConfiguration", `istio-validator-${revision}-${istioNamespace}`),
      authorityOf("MutatingWebhookConfiguration", `istio-sidecar-injector-${revision}`),
      {
        group: "apps",
        kind: "Deployment",
        name,
        jqPathExpressions: [".spec.template.spec.containers[]?.env[]?.valueFrom.resourceFieldRef.divisor"],
      },
    ],
  };
}

function valuesOf(revision: string, world: ComponentWorld): ChartValues {
  const { gateway: _, ...own } = ownValues(world);
  const values: ChartValues = {
    ...validation,
    // With one replica, its disruption budget would stop every drain of its node.
    autoscaleMin: 2,
    cni: { enabled: true },
    resources: { requests: { cpu: "100m", memory: "512Mi" } },
    // Namespaces with the restricted standard reject containers without a seccomp profile.
    global: { proxy: { seccompProfile: { type: "RuntimeDefault" } } },
    meshConfig: {
      defaultConfig: {
        // Istio omits these by default; without them, it is unknown whether a breaker is open.
        proxyStatsMatcher: {
          inclusionRegexps: [".*outlier_detection.*", ".*circuit_breakers.*", ".*upstream_(rq|cx_overflow).*"],
        },
      },
      extensionProviders: [
        {
          name: tracingProvider,
          // By HTTP, because network policies of services allow this port.
          opentelemetry: { service: collectorHost, port: otlpHttpPort, http: { path: "/v1/traces", timeout: "5s" } },
        },
      ],
    },
  };
  // Another revision than that of its version would be taken for another istiod.
  return { ...mergeValues(values, own), revision };
}
