import { quantityOf } from "../../../src/core/kubernetes/quantity.ts";
import type { Container, FieldRef, Pod, ResourceFieldRef } from "./pod.ts";

export interface PodAddresses {
  readonly podIP: string;
  readonly hostIP: string;
}

/**
 * Returns a field of the pod as environment variables and files of the downward API show it. Throws for a path that
 * Kubernetes does not allow. https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
export function fieldValue(pod: Pod, { fieldPath }: FieldRef, addresses: PodAddresses): string {
  const { metadata, spec } = pod;
  const [, kind, key = ""] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (kind !== undefined) return metadata[kind as "labels" | "annotations"]?.[key] ?? "";
  switch (fieldPath) {
    case "metadata.name":
      return metadata.name;
    case "metadata.namespace":
      return metadata.namespace;
    case "metadata.uid":
      return metadata.uid;
    case "metadata.labels":
      return listed(metadata.labels);
    case "metadata.annotations":
      return listed(metadata.annotations);
    case "spec.nodeName":
      return spec.nodeName ?? "";
    case "spec.serviceAccountName":
      return spec.serviceAccountName ?? "default";
    case "status.podIP":
    case "status.podIPs":
      return addresses.podIP;
    case "status.hostIP":
    case "status.hostIPs":
      return addresses.hostIP;
    default:
      throw new Error(`fieldPath ${fieldPath} is not supported`);
  }
}

/** Formats a map like files of the downward API: a line each, sorted, values quoted. */
function listed(entries: Readonly<Record<string, string>> = {}): string {
  return Object.entries(entries)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");
}

/** The limit that a container without a limit sees: the capacity of the simulated node. */
const nodeHas: Readonly<Record<string, string>> = { cpu: "2", memory: "8Gi", "ephemeral-storage": "80Gi" };

/** Returns a request or limit, divided and rounded up. */
export function resourceValue(container: Container, { resource, divisor }: ResourceFieldRef): string {
  const [kind, name = ""] = resource.split(".");
  const { limits, requests } = container.resources ?? {};
  const set = kind === "limits" ? (limits?.[name] ?? nodeHas[name]) : (requests?.[name] ?? limits?.[name]);
  const by = divisor === undefined || divisor === "0" ? 1 : requireQuantity(divisor);
  return String(Math.ceil(Number((requireQuantity(set ?? "0") / by).toFixed(6))));
}

function requireQuantity(text: string): number {
  const value = quantityOf(text);
  if (value === undefined) throw new Error(`"${text}" is not a quantity`);
  return value;
}
