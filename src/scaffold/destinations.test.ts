import { expect, it } from "vitest";
import { type Platform, platformSchema } from "../platform/schema.ts";
import { withDestinations } from "./destinations.ts";

const region = (name: string) => ({ name, awsRegion: "eu-west-1", accountId: "111122223333", cluster: `acme-${name}` });
const arn = (name: string): string => `arn:aws:eks:eu-west-1:111122223333:cluster/acme-${name}`;
const repository = "https://git.acme.example/all.git";

function platformWith(argocd: "managed" | "capability" | "external"): Platform {
  const regions = ["eu", "us", "ap"].map(region);
  return platformSchema.parse({ name: "acme", domain: "acme.example", gitops: { repository, argocd }, regions });
}

const service = { platform: "acme", regions: ["eu", "us"], gitops_repository: repository };

it("With Argo CD of EKS, a service records the ARNs of its own regions only, and the same again", () => {
  const followed = withDestinations(service, platformWith("capability"));
  expect(followed).toEqual({ ...service, destinations: { eu: arn("eu"), us: arn("us") } });
  expect(withDestinations(followed, platformWith("capability"))).toEqual(followed);
});

it.each(["managed", "external"] as const)("With Argo CD that is %s, a service records no clusters", (argocd) => {
  expect(withDestinations(service, platformWith(argocd))).toStrictEqual(service);
  const before = { ...service, destinations: { eu: arn("eu"), us: arn("us") } };
  expect(withDestinations(before, platformWith(argocd))).toStrictEqual(service);
});

it("Another cluster of a region replaces the recorded one, and a region that gennet.yaml lacks keeps its own", () => {
  const recorded = { ...service, regions: ["eu", "gone"], destinations: { eu: arn("old"), gone: arn("gone") } };
  const destinations = { eu: arn("eu"), gone: arn("gone") };
  expect(withDestinations(recorded, platformWith("capability"))).toEqual({ ...recorded, destinations });
});

it.each([
  ["a service of another platform", { ...service, platform: "other" }, platformWith("capability")],
  ["a service without Applications", { platform: "acme", regions: ["eu"] }, platformWith("capability")],
  [
    "a service of a gennet.yaml without a GitOps repository",
    { ...service, destinations: { eu: arn("eu") } },
    { ...platformWith("capability"), gitops: undefined },
  ],
])("What %s records stays", (_which, answers, platform) => {
  expect(withDestinations(answers, platform)).toBe(answers);
});
