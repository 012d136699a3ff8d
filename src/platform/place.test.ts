import { expect, it } from "vitest";
import type { Region } from "./schema.ts";
import { accessEntriesOf, flagOf, kubectlOf } from "./place.ts";

const region = { name: "eu", awsRegion: "eu-west-1", accountId: "123456789012", cluster: "shop" } as Region;

it("kubectl begins commands for a region and for a context, quoted for a shell", () => {
  const eu = { name: "eu", region };
  expect([flagOf(eu), kubectlOf(eu)]).toEqual([
    "--region eu",
    "kubectl --context arn:aws:eks:eu-west-1:123456789012:cluster/shop",
  ]);
  expect(kubectlOf({ name: "eu", region: { ...region, context: "eu" } })).toBe("kubectl --context eu");
  const laptop = { name: "my laptop", context: "my laptop" };
  expect([flagOf(laptop), kubectlOf(laptop)]).toEqual(["--context 'my laptop'", "kubectl --context 'my laptop'"]);
});

it("The principals with access are listed with the profile of the region, and unknown for a context", () => {
  const list = "aws eks list-access-entries --cluster-name shop --region eu-west-1";
  expect(accessEntriesOf({ name: "eu", region })).toBe(list);
  expect(accessEntriesOf({ name: "eu", region: { ...region, profile: "ops" } })).toBe(`${list} --profile ops`);
  expect(accessEntriesOf({ name: "laptop", context: "laptop" })).toBeUndefined();
});
