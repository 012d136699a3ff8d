import type { Path } from "../core/fields.ts";
import { asDesired, blocked, ready, type Removal, type ResourceContext } from "../core/resource.ts";
import { isLoginGiven, postgresSecretName } from "./resources/stores/postgres-facts.ts";
import type { RegionResource, RegionWorld } from "./world.ts";

type At = ResourceContext<RegionWorld>;

/** What gennet.yaml gives by its id: it is read and checked, and never changed, tagged or removed. */
export interface GivenResource {
  /** The id of the resource. */
  readonly step: string;
  readonly title: string;
  /** What gennet.yaml says: `vpc-0a1b2c3d`. */
  readonly what: string;
}

/** Returns what gennet.yaml gives to a region. */
export function givenIn({ platform, region }: Pick<RegionWorld, "platform" | "region">): readonly GivenResource[] {
  const { vpc, subnets } = region.network;
  const ids = subnets === undefined ? [] : [...subnets.private, ...subnets.public];
  const all: readonly (readonly [step: string, title: string, what: string | undefined])[] = [
    ["vpc", "VPC", vpc],
    ["subnets", "Subnets", vpc === undefined ? undefined : ids.join(", ")],
    ["kms-key", "KMS key", region.encryptionKey],
    ["postgres", "PostgreSQL", platform.stores.postgres === undefined ? undefined : region.database],
  ];
  return all.flatMap(([step, title, what]) => (what === undefined ? [] : [{ step, title, what }]));
}

/** Returns what gennet.yaml gives to all regions. */
export function givenToAll(world: RegionWorld): readonly GivenResource[] {
  const { hostedZone } = world.platform;
  const zone =
    hostedZone === undefined || hostedZone === "create"
      ? []
      : [{ step: "hosted-zone", title: "Hosted zone", what: hostedZone }];
  const login = { step: "postgres-login", title: "Login of PostgreSQL", what: postgresSecretName(world) };
  return [...zone, ...(isLoginGiven(world) ? [login] : [])];
}

/** Whether the region's network is in a VPC that gennet did not make. */
export function isGivenVpc({ region }: Pick<RegionWorld, "region">): boolean {
  return region.network.vpc !== undefined;
}

/** Returns a value of a region in gennet.yaml, with its place: `network.vpc (gennet.yaml:9:12)`. */
export function fieldOf({ platform, region, placeOf }: RegionWorld, ...keys: Path): string {
  const index = platform.regions.findIndex(({ name }) => name === region.name);
  const place = placeOf?.(["regions", index, ...keys]);
  return place === undefined ? keys.join(".") : `${keys.join(".")} (${place})`;
}

/** What a resource is if gennet.yaml gives it. */
export interface GivenFacts<G, O> {
  isGiven(world: RegionWorld): boolean;
  read(at: At): Promise<G>;
  /** Why it cannot be used. */
  problem(given: G, at: At): string | undefined;
  output(given: G): O | undefined;
  /** Removes what the region leaves in it. */
  readonly removal?: Pick<Removal<RegionWorld, G>, "diff" | "apply" | "gone">;
}

type Either<A, G> = { readonly own: A } | { readonly given: G };

/** Returns a resource that gennet makes, unless gennet.yaml gives it: then it is only read and checked. */
export function unlessGiven<A, G, O>(
  own: RegionResource<A, O>,
  facts: GivenFacts<G, O>,
): RegionResource<Either<A, G>, O> {
  const { adoption: _, remind: _reminder, removal, ...rest } = own;
  return {
    ...rest,
    read: async (at) => (facts.isGiven(at.world) ? { given: await facts.read(at) } : { own: await own.read(at) }),
    diff(actual, at) {
      if ("own" in actual) return own.diff(actual.own, at);
      const problem = facts.problem(actual.given, at);
      return problem === undefined ? asDesired : blocked(problem);
    },
    async apply(actual, at) {
      if ("own" in actual) await own.apply(actual.own, at);
    },
    ready: (actual) => ("own" in actual ? own.ready(actual.own) : ready),
    output: (actual) => ("own" in actual ? own.output(actual.own) : facts.output(actual.given)),
    removal: {
      diff: (actual, at) =>
        ("own" in actual ? removal?.diff(actual.own, at) : facts.removal?.diff(actual.given, at)) ?? asDesired,
      async apply(actual, at) {
        if ("own" in actual) await removal?.apply(actual.own, at);
        else await facts.removal?.apply(actual.given, at);
      },
      gone: (actual) => ("own" in actual ? removal?.gone(actual.own) : facts.removal?.gone(actual.given)) ?? ready,
      keeps: (actual, at) => ("own" in actual ? (removal?.keeps?.(actual.own, at) ?? []) : []),
    },
  };
}

/**
 * Returns a resource that belongs to the network that gennet makes. In a VPC that gennet.yaml gives, nothing is even
 * looked for: what is there belongs to others.
 */
export function onlyInOwnVpc<A, O>(own: RegionResource<A, O>): RegionResource<Either<A, undefined>, O> {
  return {
    ...unlessGiven(own, {
      isGiven: isGivenVpc,
      read: async () => undefined,
      problem: () => undefined,
      output: () => undefined,
    }),
    wanted: (world) => !isGivenVpc(world) && (own.wanted?.(world) ?? true),
  };
}
