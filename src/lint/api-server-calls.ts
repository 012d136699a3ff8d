import { isBehind, targetPortOf } from "../istio/policy-ports.ts";
import { field, list, text } from "./fields.ts";
import { isKind, type Manifest, manifestSubject } from "./manifest.ts";
import { type Selectable, servicesIn } from "./policy-pods.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

interface Call {
  /** `validatingwebhookconfiguration config.webhook` */
  readonly by: string;
  readonly service: string | undefined;
  readonly namespace: string | undefined;
  readonly port: number;
}

/**
 * Returns the ports of pods that the API server calls, with the object that makes it call them: admission webhooks and
 * aggregated APIs. The API server has no sidecar, so it cannot use the mesh's mutual TLS.
 */
export function apiServerPorts(
  { labels, ports }: Selectable,
  namespace: string | undefined,
  unit: Unit,
  tree: Tree,
): ReadonlyMap<number, string> {
  const services = servicesIn(namespace, unit, tree).filter((each) => isBehind(each, labels));
  const called = tree
    .beside(unit)
    .flatMap(callsOf)
    .flatMap((call) => {
      if (call.namespace !== undefined && namespace !== undefined && call.namespace !== namespace) return [];
      return services
        .filter(({ name }) => name === call.service)
        .flatMap((service) => service.ports.filter(({ port }) => port === call.port))
        .flatMap((port) => targetPortOf(port, { labels, ports }) ?? [])
        .map((port) => [port, call.by] as const);
    });
  return new Map(called);
}

function callsOf(manifest: Manifest): readonly Call[] {
  const group = "admissionregistration.k8s.io";
  const services = isKind(manifest, group, "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
    ? list(manifest.value, "webhooks").map((webhook) => field(webhook, "clientConfig", "service"))
    : isKind(manifest, "apiregistration.k8s.io", "APIService")
      ? [field(manifest.value, "spec", "service")]
      : [];
  return services
    .filter((service) => service !== undefined)
    .map((service) => {
      const port = field(service, "port");
      return {
        by: manifestSubject(manifest),
        service: text(service, "name"),
        namespace: text(service, "namespace"),
        port: typeof port === "number" ? port : 443,
      };
    });
}
