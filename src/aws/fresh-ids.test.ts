import { expect, it } from "vitest";
import { FreshIds } from "./fresh-ids.ts";

const clock = { now: () => 0, sleep: async () => undefined };

it.each([
  ["The role with name acme-eu-cluster cannot be found.", true],
  ["Role arn:aws:iam::111122223333:role/acme-eu-cluster is invalid", true],
  ["not found RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Facme-eu-cluster&Version=1", true],
  ["of acme-eu-cluster-autoscaler, not of acme-eu-cluster", true],
  ["The role with name acme-eu-cluster-autoscaler cannot be found.", false],
  ["The role with name old-acme-eu-cluster cannot be found.", false],
  ["nothing was found", false],
])("What was just created is recognized by its whole name: %s", (message, isMeant) => {
  const fresh = new FreshIds(clock);
  fresh.add("acme-eu-cluster");
  expect(fresh.areIn(message)).toBe(isMeant);
});
