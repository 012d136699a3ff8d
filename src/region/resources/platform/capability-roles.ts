import type { ArgoCdChange, ArgoCdMapping } from "../../../aws/eks/port.ts";
import type { Fields } from "../../../core/compare-fields.ts";
import type { CapabilityKeys } from "../../../platform/capability-schema.ts";

type Identity = ArgoCdMapping["identities"][number];

/** The roles of EKS's Argo CD, as gennet.yaml and EKS name them. */
const roles = [
  ["admin", "ADMIN"],
  ["editor", "EDITOR"],
  ["viewer", "VIEWER"],
] as const;

/** Returns who has which role in Argo CD; a role that no one has is left out, because EKS does not keep it. */
export function desiredMappings(given: CapabilityKeys["roles"] | undefined): readonly ArgoCdMapping[] {
  return roles.flatMap(([key, role]) => {
    const { groups = [], users = [] } = given?.[key] ?? {};
    const identities: readonly Identity[] = [
      ...groups.map((id) => ({ id, type: "SSO_GROUP" as const })),
      ...users.map((id) => ({ id, type: "SSO_USER" as const })),
    ];
    return identities.length === 0 ? [] : [{ role, identities }];
  });
}

/** Returns the members of each role, to be compared. */
export function membersOf(mappings: readonly ArgoCdMapping[]): Fields {
  return Object.fromEntries(
    roles.map(([key, role]) => {
      const words = identitiesOf(role, mappings).map(
        ({ id, type }) => `${type === "SSO_USER" ? "user" : "group"} ${id}`,
      );
      return [`${key}s`, words];
    }),
  );
}

/**
 * Returns the changes that lead from the mappings of a capability to others. EKS does not say whether a mapping that is set
 * loses its other identities, so these are removed first.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateRoleMappings.html
 */
export function changesIn(
  actual: readonly ArgoCdMapping[],
  desired: readonly ArgoCdMapping[],
): readonly ArgoCdChange[] {
  const removed = difference(actual, desired);
  const lacking = new Set(difference(desired, actual).map(({ role }) => role));
  const set = desired.filter(({ role }) => lacking.has(role));
  return [...(removed.length === 0 ? [] : [{ removed }]), ...(set.length === 0 ? [] : [{ set }])];
}

/** Returns the identities that are in some mappings, but not in others. */
function difference(some: readonly ArgoCdMapping[], others: readonly ArgoCdMapping[]): readonly ArgoCdMapping[] {
  return some.flatMap(({ role, identities }) => {
    const kept = identitiesOf(role, others);
    const own = identities.filter(({ id, type }) => !kept.some((each) => each.id === id && each.type === type));
    return own.length === 0 ? [] : [{ role, identities: own }];
  });
}

function identitiesOf(role: ArgoCdMapping["role"], mappings: readonly ArgoCdMapping[]): readonly Identity[] {
  return mappings.filter((each) => each.role === role).flatMap(({ identities }) => identities);
}
