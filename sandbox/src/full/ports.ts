/**
 * The ports of a region's parts, all on 127.0.0.1 except one: the metrics of Argo CD's controller listen on all
 * addresses.
 */
const names = {
  istiod: ["http", "grpc", "xds", "webhook", "monitoring", "introspection"],
  redis: ["redis"],
  "argocd-repo-server": ["api", "metrics"],
  "argocd-application-controller": ["metrics"],
  "argocd-server": ["api", "metrics"],
  "external-secrets": ["health", "metrics"],
  collector: ["otlpHttp", "otlpGrpc", "health", "metrics"],
  prometheus: ["api"],
} as const;

type Names = typeof names;

export type PartName = keyof Names;
export type FullPorts = { readonly [Part in PartName]: Readonly<Record<Names[Part][number], number>> };

/** The number of ports that a region's parts use. */
export const fullPortCount = Object.values(names).flat().length;

export function takeFullPorts(take: () => number): FullPorts {
  const parts = Object.entries(names).map(([part, ports]) => [
    part,
    Object.fromEntries(ports.map((port) => [port, take()])),
  ]);
  return Object.fromEntries(parts) as FullPorts;
}
