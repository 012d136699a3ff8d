/** Controllers that copy a Kubernetes Secret into other namespaces, by the annotation that has them do it. */
const copiers: readonly (readonly [annotation: RegExp, by: string])[] = [
  [/^reflector\.v1\.k8s\.emberstack\.com\/reflection-(allowed|auto-enabled)$/, "reflector"],
  [/^replicator\.v1\.mittwald\.de\/(replicate-to|replicate-to-matching|replication-allowed)$/, "kubernetes-replicator"],
  [/^kubed\.appscode\.com\/sync$/, "config-syncer"],
];

/** Returns the controller that copies a Secret with these annotations, or lets others have copies. */
export function copierOf(annotations: Readonly<Record<string, string>> = {}): string | undefined {
  const given = Object.entries(annotations).filter(([, value]) => value !== "false");
  return copiers.find(([annotation]) => given.some(([name]) => annotation.test(name)))?.[1];
}
