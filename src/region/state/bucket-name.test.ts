import { describe, expect, it } from "vitest";
import { auditBucketName, stateBucketName } from "./bucket-name.ts";

const accountId = "111122223333";

describe("the names of buckets", () => {
  it("A state bucket is named after its platform, region and account", () => {
    expect(stateBucketName({ name: "acme" }, { name: "eu", accountId })).toBe("acme-eu-111122223333-state");
  });

  it("The audit bucket of a platform is named after it and its account", () => {
    expect(auditBucketName({ name: "acme" }, { accountId })).toBe("acme-111122223333-audit");
  });

  it.each([
    ["a long platform", "p".repeat(63), "eu"],
    ["a long platform and a long region", "p".repeat(63), "r".repeat(63)],
    ["a platform with a reserved beginning", "sthree-acme", "eu"],
    ["a platform like an internationalised name", "xn--acme", "eu"],
  ])("The name of a bucket follows the rules of S3 for %s", (_case, name, region) => {
    const bucket = stateBucketName({ name }, { name: region, accountId });
    expect(bucket).toMatch(/^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}-111122223333-state$/);
    expect(bucket.length).toBeLessThanOrEqual(63);
  });

  it("Long names that differ only at their end have different buckets", () => {
    const name = "p".repeat(63);
    const buckets = ["one", "two"].map((region) => stateBucketName({ name }, { name: region, accountId }));
    expect(new Set(buckets).size).toBe(2);
  });
});
