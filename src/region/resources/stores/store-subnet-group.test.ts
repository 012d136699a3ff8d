import { expect, it } from "vitest";
import { oneRegion } from "../../../../test/support/one-region.ts";
import type { RegionWorld } from "../../world.ts";

it("A zone that is added gets into the subnet groups of databases in the same run", async () => {
  const eu = oneRegion();
  const worldOf = (zones: number): RegionWorld =>
    eu.world({ network: { zones } }, { stores: { postgres: {}, redis: {} } });
  await eu.bootstrap(worldOf(2));
  const pending = await eu.pending(worldOf(3));
  const change = "update subnets: private-1, private-2 → private-1, private-2, private-3";
  expect(pending).toMatchObject({ "postgres-subnet-group": change, "redis-subnet-group": change });
  expect(await eu.bootstrap(worldOf(3))).toMatchObject({ exit: 0, findings: [] });
  expect(await eu.pending(worldOf(3))).toEqual({});
});
