import { text } from "./fields.ts";

/** A parsed Backstage entity reference. The default for a missing part depends on where the reference is used. */
export interface EntityReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * Parses `component:default/orders`, `default/orders` or `orders`; returns undefined if the text is not a reference.
 * Kinds and namespaces are lower-cased, because Backstage compares them that way. Source:
 * backstage.io/docs/features/software-catalog/references.
 */
export function entityReference(written: string): EntityReference | undefined {
  const [, kind, namespace, name] = /^(?:([^:/\s]+):)?(?:([^:/\s]+)\/)?([^:/\s]+)$/.exec(written.trim()) ?? [];
  if (name === undefined) return undefined;
  return {
    ...(kind === undefined ? {} : { kind: kind.toLowerCase() }),
    ...(namespace === undefined ? {} : { namespace: namespace.toLowerCase() }),
    name,
  };
}

/** An entity of the catalogue; the namespace defaults to `default`. */
export interface DomainEntity {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly value: unknown;
}

/**
 * Returns the business domain: the entity's own label `domain`, otherwise the domain of its system. A reference without
 * a namespace uses the entity's own, and case is ignored. Source:
 * backstage.io/docs/features/software-catalog/references.
 */
export function domainOf(entity: DomainEntity, systems: readonly DomainEntity[]): string | undefined {
  const own = text(entity.value, "metadata", "labels", "domain");
  const written = text(entity.value, "spec", "system");
  const reference = written === undefined ? undefined : entityReference(written);
  if (own !== undefined || reference === undefined) return own;
  const key = keyOf({ namespace: entity.namespace, ...reference });
  const system = systems.find((each) => keyOf(each) === key);
  const domain = system === undefined ? undefined : text(system.value, "spec", "domain");
  return domain === undefined ? undefined : (entityReference(domain)?.name ?? domain);
}

function keyOf({ namespace = "default", name }: Omit<DomainEntity, "value">): string {
  return `${namespace}/${name}`.toLowerCase();
}
