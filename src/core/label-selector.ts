interface Expression {
  readonly key?: unknown;
  readonly operator?: unknown;
  readonly values?: unknown;
}

/**
 * Returns whether a label selector (matchLabels and matchExpressions) picks these labels: an empty one picks all, none
 * picks nothing. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function selects(selector: unknown, labels: Readonly<Record<string, unknown>>): boolean {
  if (typeof selector !== "object" || selector === null) return false;
  const { matchLabels, matchExpressions } = selector as { matchLabels?: unknown; matchExpressions?: unknown };
  const equal = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const expressions = Array.isArray(matchExpressions) ? (matchExpressions as readonly (Expression | null)[]) : [];
  return equal && expressions.every((each) => holds(each ?? {}, labels));
}

function holds({ key, operator, values }: Expression, labels: Readonly<Record<string, unknown>>): boolean {
  const value = typeof key === "string" ? labels[key] : undefined;
  const isListed = Array.isArray(values) && values.includes(value);
  switch (operator) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}
