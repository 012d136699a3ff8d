import type { Removal } from "../../src/core/resource.ts";
import { type AnyResource, asDesired, creation, ready, update } from "../../src/core/resource.ts";
import { nodeId } from "../../src/core/resource-graph.ts";
import { platformSchema } from "../../src/platform/schema.ts";
import type { RegionResource, RegionWorld } from "../../src/region/world.ts";
import { awsChanges, type AwsChanges } from "./aws-changes.ts";

/** A platform of two regions whose resources are in memory: what exists is in `things`, by `eu/vpc` or `platform/zone`. */
export interface TrialRegions {
  readonly things: Map<string, string>;
  readonly cloud: AwsChanges;
  readonly worlds: readonly RegionWorld[];
  /** Errors of reads, by resource. */
  readonly broken: Map<string, Error>;
  /** Returns a resource that is created, deleted in a while, and kept in part: `a snapshot of eu/database`. */
  resource(id: string, needs?: readonly AnyResource<RegionWorld>[], more?: Partial<TrialResource>): TrialResource;
}

export type TrialResource = RegionResource<string | undefined, string>;

export const trialPlatform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  regions: [
    { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu", primary: true },
    { name: "us", awsRegion: "us-east-1", accountId: "111122223333", cluster: "acme-us" },
  ],
});

export function trialRegions(): TrialRegions {
  const things = new Map<string, string>();
  const broken = new Map<string, Error>();
  const cloud = awsChanges();
  const identity = async (): Promise<{ accountId: string; arn: string }> => ({ accountId: "111122223333", arn: "arn" });
  const worlds = trialPlatform.regions.map((region): RegionWorld => {
    const { name, awsRegion, accountId } = region;
    return {
      platform: trialPlatform,
      region,
      aws: {
        target: { name, awsRegion, accountId },
        identity,
        verifyAccount: identity,
        eksToken: async () => "token",
        service: () => Promise.reject(new Error("nothing here calls AWS")),
        close: async () => undefined,
      },
      cluster: () => Promise.reject(new Error("there is no cluster")),
    };
  });
  const resource: TrialRegions["resource"] = (id, needs = [], more = {}) => {
    const keyOf = ({ region }: RegionWorld): string => nodeId(more.scope === "platform" ? undefined : region.name, id);
    const calls = cloud.mortal({
      read: async (world: RegionWorld): Promise<string | undefined> => {
        const key = keyOf(world);
        const error = broken.get(key);
        if (error !== undefined) throw error;
        if (things.get(key) === "deleting" && cloud.isReady(key)) things.delete(key);
        return things.get(key);
      },
      set: (world: RegionWorld, state: string): Promise<void> => {
        const key = keyOf(world);
        if (state === "deleting") cloud.begin(key);
        return cloud.change(() => void things.set(key, state));
      },
    });
    const removal: Removal<RegionWorld, string | undefined> = {
      diff: (actual) => {
        if (actual === undefined || actual === "deleting") return asDesired;
        const lifted = actual === "protected" ? [update(id, "deletion protection", false, true)] : [];
        return { operations: [...lifted, { verb: "delete", target: id }] };
      },
      apply: async (actual, { world }) => {
        if (actual === "protected") await calls.set(world, "there");
        await calls.set(world, "deleting");
      },
      gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: actual }),
      keeps: (actual, { world }) => (actual === undefined ? [`a snapshot of ${keyOf(world)}`] : []),
    };
    return {
      id,
      title: `The ${id}`,
      needs,
      read: ({ world }) => calls.read(world),
      diff: (actual) => (actual === undefined ? { operations: [creation(id)] } : asDesired),
      apply: (_actual, { world }) => calls.set(world, "there"),
      ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
      output: (actual) => actual,
      removal,
      ...more,
    };
  };
  return { things, broken, cloud, worlds, resource };
}
