import { entityReference } from "./entity-reference.ts";
import { valueAt } from "./yaml-position.ts";

/** An entity of the catalogue; one without a namespace is in the default one. */
export interface DomainEntity {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly value: unknown;
}

/**
 * The business domain: the entity's own label `domain`, else the domain of its system. A reference without a namespace
 * means the entity's own, and no case counts. Source: backstage.io/docs/features/software-catalog/references.
 */
export function domainOf(entity: DomainEntity, systems: readonly DomainEntity[]): string | undefined {
  const own = textAt(entity, "metadata", "labels", "domain");
  const written = textAt(entity, "spec", "system");
  const reference = written === undefined ? undefined : entityReference(written);
  if (own !== undefined || reference === undefined) return own;
  const key = keyOf({ namespace: entity.namespace, ...reference });
  const system = systems.find((each) => keyOf(each) === key);
  const domain = system === undefined ? undefined : textAt(system, "spec", "domain");
  return domain === undefined ? undefined : (entityReference(domain)?.name ?? domain);
}

function keyOf({ namespace = "default", name }: Omit<DomainEntity, "value">): string {
  return `${namespace}/${name}`.toLowerCase();
}

function textAt({ value }: DomainEntity, ...path: string[]): string | undefined {
  const found = valueAt(value, path);
  return typeof found === "string" ? found : undefined;
}
