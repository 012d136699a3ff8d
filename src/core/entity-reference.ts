/** What a Backstage entity reference names; what it leaves out depends on where it stands. */
export interface EntityReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * `component:default/orders`, `default/orders`, `orders`; undefined for what is no reference. Kinds and namespaces
 * come in lower case, as Backstage compares them. Source: backstage.io/docs/features/software-catalog/references.
 */
export function entityReference(text: string): EntityReference | undefined {
  const [, kind, namespace, name] = /^(?:([^:/\s]+):)?(?:([^:/\s]+)\/)?([^:/\s]+)$/.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  return {
    ...(kind === undefined ? {} : { kind: kind.toLowerCase() }),
    ...(namespace === undefined ? {} : { namespace: namespace.toLowerCase() }),
    name,
  };
}
