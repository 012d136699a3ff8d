import type { z } from "zod";
import { platformSchema, type Region } from "../../src/platform/schema.ts";
import type { ComponentWorld } from "../../src/region/components/component.ts";

type PlatformKeys = z.input<typeof platformSchema>;

/** Returns a region whose gennet.yaml has a `platform`, with these keys of the region and of the platform. */
export function componentWorld(
  components: PlatformKeys["platform"] | "none" = { tracing: { endpoint: "https://otlp.acme.example" } },
  region: Partial<PlatformKeys["regions"][number]> = {},
  stores: PlatformKeys["stores"] = {},
): ComponentWorld {
  const platform = platformSchema.parse({
    name: "acme",
    domain: "acme.example",
    gitops: { repository: "https://git.acme.example/platform.git" },
    ...(components === "none" ? {} : { platform: components }),
    stores,
    regions: [{ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu", ...region }],
  });
  return { platform, region: platform.regions[0] as Region };
}
