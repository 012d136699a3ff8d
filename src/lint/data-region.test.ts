import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const config = (value: string, more = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: orders, namespace: orders }\ndata: { DB_HOST: ${JSON.stringify(value)}${more} }\n`;
const ids = (file: string, content: string): string[] =>
  told(lintFiles({ [file]: content }, { only: ["data/region"] }));
const rds = (region: string): string => `orders.abc123.${region}.rds.amazonaws.com`;

describe("a region's overlay", () => {
  it.each(["clusters/eu-west-1/orders", "overlays/euw1", "overlays/eu", "orders-eu-west-1"])(
    "A region's overlay %s fails with a database of another region, and passes with its own",
    (folder) => {
      expect(ids(`${folder}/config.yaml`, config(rds("us-east-1")))[0]).toContain(`fail data/region: `);
      expect(ids(`${folder}/config.yaml`, config(rds("us-east-1")))[0]).toContain(
        `depends on us-east-1: ${rds("us-east-1")}`,
      );
      expect(ids(`${folder}/config.yaml`, config(rds("eu-west-1")))).toEqual([]);
    },
  );

  it("A region's overlay is identified by AWS_REGION if no path names it, and is not checked without either", () => {
    expect(ids("a.yaml", config(rds("us-east-1"), ", AWS_REGION: eu-west-1"))).toHaveLength(1);
    expect(ids("a.yaml", config(rds("us-east-1")))).toEqual([]);
  });

  it.each([
    ["fail", "postgresql://app@orders.cluster-abc.us-east-1.rds.amazonaws.com:5432/orders"],
    ["fail", "orders.abc123.0001.use1.cache.amazonaws.com"],
    ["fail", "b-1.shop.abc.c2.kafka.us-east-1.amazonaws.com:9092"],
    ["warn", "https://sqs.us-east-1.amazonaws.com/111122223333/orders"],
  ])("A region's overlay: %s for %s", (severity, value) => {
    expect(ids("eu-west-1/a.yaml", config(value))[0]).toContain(`${severity} data/region`);
  });

  it.each([
    "orders.abc123.0001.euw1.cache.amazonaws.com",
    "https://sts.amazonaws.com",
    "111122223333.dkr.ecr.us-east-1.amazonaws.com/orders:1",
    "https://s3.amazonaws.com/bucket",
    "db.orders.svc",
  ])("A region's overlay passes with %s", (value) => {
    expect(ids("eu-west-1/a.yaml", config(value))).toEqual([]);
  });

  it("A region's overlay is a warning if its secrets come from another region", () => {
    const store =
      "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: { name: aws }\nspec: { provider: { aws: { service: SecretsManager, region: us-east-1 } } }\n";
    expect(ids("eu-west-1/a.yaml", store)).toEqual([
      "eu-west-1/a.yaml:4 warn data/region: eu-west-1 reads its secrets from us-east-1",
    ]);
    expect(ids("us-east-1/a.yaml", store)).toEqual([]);
  });
});
