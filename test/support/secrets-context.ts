import { join } from "node:path";
import type { SecretsManager } from "../../src/aws/secrets/port.ts";
import type { S3 } from "../../src/aws/s3/port.ts";
import type { Context } from "../../src/context.ts";
import type { Clock } from "../../src/core/clock.ts";
import { type Platform, platformSchema, type Region } from "../../src/platform/schema.ts";
import type { Site } from "../../src/secrets/world.ts";
import { journalFolder } from "../../src/host/journal-file.ts";
import { type HostOptions, memoryHost } from "./host.ts";

export const secretsView = { wide: true, columns: 120, paint: (_tone: unknown, text: string) => text };

export interface SecretsPlace {
  readonly clock: Clock;
  /** By AWS region. */
  readonly stores: ReadonlyMap<string, SecretsManager>;
  /** Of every region, if the platform keeps its state in buckets. */
  readonly s3?: S3;
  readonly sites: readonly Site[];
  /** The folder of the journals. */
  readonly state: string;
  /** The events, and what was shown before a confirmation. */
  readonly told: string[];
}

export const twoRegions: Platform = platformSchema.parse({
  name: "acme",
  domain: "acme.example",
  regions: ["eu-west-1", "us-east-1"].map((awsRegion) => ({
    name: `site-${awsRegion}`,
    awsRegion,
    accountId: "111122223333",
    cluster: "acme",
  })),
});

/** Returns a context for the commands on secrets, with in-memory clusters and AWS. */
export function secretsContext(
  { clock, stores, s3, sites, state, told }: SecretsPlace,
  options: HostOptions = {},
  regions: readonly Region[] = twoRegions.regions,
  platform: Platform = twoRegions,
): Context {
  const host = { ...memoryHost({ ...options, env: { XDG_STATE_HOME: state } }), clock };
  const site = (place: { readonly name: string }) => sites.find((each) => each.name === place.name);
  const context: Partial<Context> = {
    host,
    options: { noInput: false, context: [], namespace: undefined } as unknown as Context["options"],
    signal: host.signal,
    emit: (event) => void told.push(JSON.stringify(event)),
    preview: (document, show) => void told.push(show(document, secretsView)),
    platform: async () => platform,
    regions: async () => regions,
    aws: async (region) =>
      ({
        verifyAccount: async () => ({ accountId: region.accountId, arn: "arn" }),
        service: async (name: string) => (name === "s3" ? s3 : stores.get(region.awsRegion)),
      }) as never,
    externalSecrets: async (place) => site(place)?.externalSecrets as never,
    workloads: async (place) => site(place)?.workloads as never,
    journals: async () => journalFolder(join(state, "gennet", "journal")),
    over: (changes) => ({ ...(context as Context), ...changes }),
  };
  return context as Context;
}
