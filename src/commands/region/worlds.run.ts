import type { Aws } from "../../aws/port.ts";
import type { Context } from "../../context.ts";
import type { Region } from "../../platform/schema.ts";
import type { RegionWorld } from "../../region/world.ts";

/**
 * Returns the worlds of all regions of the platform: one region may need what another one has. Throws if a chosen one
 * cannot be reached with its settings; of the others, only what needs them fails.
 */
export async function worldsOf(
  chosen: readonly Region[],
  context: Context,
  adopts = false,
): Promise<readonly RegionWorld[]> {
  const platform = await context.platform();
  return Promise.all(
    platform.regions.map(async (region) => ({
      platform,
      region,
      adopts,
      aws: await context.aws(region).catch((error: unknown) => {
        if (chosen.some(({ name }) => name === region.name)) throw error;
        return unreachable(region, error);
      }),
      cluster: () => context.ownCluster(region),
    })),
  );
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
