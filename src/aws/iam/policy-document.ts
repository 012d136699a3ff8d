/** One or several, as policies are written: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
type OneOrMore = string | readonly string[];

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore>>;
  readonly Action: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** A policy, or a role's trust policy. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export function policyOf(...statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Returns the trust policy of a role that an AWS service may assume. */
export function trustOf(service: string, actions: readonly string[]): PolicyDocument {
  return policyOf({ Effect: "Allow", Principal: { Service: service }, Action: actions });
}

/**
 * Returns each statement in words that are equal for statements that mean the same: `eks.amazonaws.com: sts:AssumeRole`,
 * `secretsmanager:GetSecretValue on arn:…`. A statement of another form is its JSON.
 */
export function statementsOf({ Statement }: PolicyDocument): readonly string[] {
  return many(Statement).map(inWords);
}

/** Returns whether an AWS service may assume a role with this trust policy. */
export function isTrusted({ Statement }: PolicyDocument, service: string): boolean {
  return many(Statement).some(
    ({ Effect, Principal = {} }) =>
      Effect === "Allow" && typeof Principal === "object" && many(Principal["Service"] ?? []).includes(service),
  );
}

function inWords(statement: PolicyStatement): string {
  const { Sid: _, Effect, Principal, Action, Resource, ...others } = statement;
  const actions = many(Action).toSorted().join(", ");
  const plain = Effect === "Allow" && Object.keys(others).length === 0;
  if (plain && Principal === undefined && Resource !== undefined) {
    return `${actions} on ${many(Resource).toSorted().join(", ")}`;
  }
  if (plain && Resource === undefined && isService(Principal)) {
    return `${many(Principal.Service).toSorted().join(", ")}: ${actions}`;
  }
  const rest = Object.entries({ Effect, Principal, Action: many(Action).toSorted(), Resource, ...others });
  return JSON.stringify(Object.fromEntries(rest.filter(([, value]) => value !== undefined).map(canonical)));
}

function isService(principal: PolicyStatement["Principal"]): principal is { readonly Service: OneOrMore } {
  return typeof principal === "object" && Object.keys(principal).join() === "Service";
}

/** Returns an entry with the keys of its value in order, and single values out of their lists, as AWS may store them. */
function canonical([key, value]: readonly [string, unknown]): readonly [string, unknown] {
  if (Array.isArray(value)) return [key, value.length === 1 ? value[0] : value.toSorted()];
  if (typeof value !== "object" || value === null) return [key, value];
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [key, Object.fromEntries(entries.map(canonical))];
}

function many<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
