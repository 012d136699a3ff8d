import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const component = (name: string, domain: string, dependsOn = ""): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, labels: { domain: ${domain} } }
spec: { type: service, dependsOn: [${dependsOn}] }
`;
const catalog = {
  "orders/catalog-info.yaml": component("orders", "shop"),
  "ledger/catalog-info.yaml": component("ledger", "finance"),
};
const ids = (files: Record<string, string>): string[] => told(lintFiles({ ...catalog, ...files }, { only: ["data"] }));

describe("another domain's database", () => {
  it("Another domain's database is found by an address in the namespace of its service", () => {
    const pod = (host: string): Record<string, string> => ({
      "orders/pod.yaml": `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - env: [{ name: DB, value: "postgresql+asyncpg://app@${host}:5432/x" }]\n`,
    });
    expect(ids(pod("db.ledger.svc.cluster.local"))).toEqual([
      "orders/pod.yaml:6 fail data/domain: reads a database of ledger, which belongs to the domain finance, not shop",
    ]);
    expect(ids(pod("db.orders.svc"))).toEqual([]);
    expect(ids(pod("ledger.abc.eu-west-1.rds.amazonaws.com"))).toEqual([]);
  });

  it("Another domain's database is found by a secret's key that names the service and a database", () => {
    const external = (key: string): Record<string, string> => ({
      "orders/secret.yaml": `apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: a }\nspec:\n  data:\n    - { secretKey: a, remoteRef: { key: ${key} } }\n`,
    });
    expect(ids(external("acme/ledger/postgres"))).toHaveLength(1);
    expect(ids(external("acme/ledger/api-token"))).toEqual([]);
    expect(ids(external("acme/orders/postgres"))).toEqual([]);
  });

  it("Another domain's database is found by a Resource that the component depends on", () => {
    const resource = (domain: string): Record<string, string> => ({
      "orders/catalog-info.yaml": component("orders", "shop", "resource:ledger-db"),
      "data/catalog-info.yaml": `apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: { name: ledger-db }\nspec: { type: database, system: books }\n---\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: books }\nspec: { domain: ${domain} }\n`,
    });
    expect(ids(resource("finance"))).toEqual([
      "orders/catalog-info.yaml:4 fail data/domain: depends on the database ledger-db of the domain finance, but belongs to shop",
    ]);
    expect(ids(resource("shop"))).toEqual([]);
  });
});
