import { relative } from "node:path";
import type { Aws } from "../../aws/port.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { remembered } from "../../core/shared.ts";
import { assertOwnContext } from "../../k8s/own-context.ts";
import type { Cluster } from "../../k8s/port.ts";
import { fieldPlaces } from "../../platform/field-places.ts";
import { findPlatform } from "../../platform/load.ts";
import type { Region } from "../../platform/schema.ts";
import { type PlatformSources, platformSources } from "../../region/platform-sources.ts";
import type { RegionWorld } from "../../region/world.ts";

/**
 * Returns the worlds of all regions of the platform: one region may need what another one has. Whatever is read of a
 * region that cannot be reached with its settings fails with the reason.
 */
export async function worldsOf(context: Context, adopts = false): Promise<readonly RegionWorld[]> {
  const platform = await context.platform();
  const { env, home, clock } = context.host;
  const { now } = clock;
  const placeOf = await placesIn(context);
  const source = { env, home, requestTimeoutMs: context.options.requestTimeout };
  const sources = platform.platform === undefined ? {} : { sources: await sourcesIn(context) };
  return Promise.all(
    platform.regions.map(async (region) => {
      const aws = await context.aws(region).catch((error: unknown) => unreachable(region, error));
      const connected = remembered<Cluster>();
      const cluster = (): Promise<Cluster> =>
        connected(region.name, async () => {
          await assertOwnContext(region, aws, source, context.signal);
          return context.cluster({ name: region.name, region });
        });
      return { platform, region, adopts, aws, cluster, now, ...sources, ...(placeOf === undefined ? {} : { placeOf }) };
    }),
  );
}

async function sourcesIn({ remoteGit, host, prober }: Context): Promise<PlatformSources> {
  return platformSources({
    git: await remoteGit(),
    clock: host.clock,
    prober: (region) => prober({ name: region.name, region }),
  });
}

/** Returns where values are in gennet.yaml; undefined if the platform is not from a file. */
async function placesIn({ host, options }: Context): Promise<RegionWorld["placeOf"]> {
  try {
    const { path, text } = await findPlatform(host.cwd, options.config);
    return fieldPlaces(text, relative(host.cwd, path));
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFIG_NOT_FOUND") return undefined;
    throw error;
  }
}

function unreachable({ name, awsRegion, accountId }: Region, reason: unknown): Aws {
  const fail = (): Promise<never> => Promise.reject(reason);
  return {
    target: { name, awsRegion, accountId },
    identity: fail,
    verifyAccount: fail,
    eksToken: fail,
    service: fail,
    close: async () => undefined,
  };
}
