import { describe, expect, it } from "vitest";
import type { Component } from "../processes/component.ts";
import { parseFault, targetsOf } from "./targets.ts";

const components: readonly Component[] = ["eu-west-1", "us-east-1"].flatMap((awsRegion) =>
  ["etcd", "kube-apiserver", "istiod", "argocd-server", "argocd-repo-server", "store-postgres", "store-redis"].map(
    (name) => ({ id: `${awsRegion}/${name}`, name, awsRegion, port: 1, probe: { url: "" }, needs: [] }),
  ),
);
const targets = (what: string, name?: string, regions: readonly string[] = []): readonly string[] =>
  targetsOf(parseFault(what, name, regions), components, "blue").map(({ id }) => id);

describe("the targets of a fault", () => {
  it("The target of a region's fault is its API server, not its etcd", () => {
    expect(targets("region", "us-east-1")).toEqual(["us-east-1/kube-apiserver"]);
    expect(targets("region", undefined, ["us-east-1"])).toEqual(["us-east-1/kube-apiserver"]);
  });

  it("The targets of a fault are in every region, or in those of --region", () => {
    expect(targets("istiod")).toEqual(["eu-west-1/istiod", "us-east-1/istiod"]);
    expect(targets("argocd", undefined, ["eu-west-1"])).toEqual([
      "eu-west-1/argocd-server",
      "eu-west-1/argocd-repo-server",
    ]);
  });

  it("The target of a store's fault is one store, or all of them", () => {
    expect(targets("store", "postgres", ["eu-west-1"])).toEqual(["eu-west-1/store-postgres"]);
    expect(targets("store", undefined, ["eu-west-1"])).toEqual(["eu-west-1/store-postgres", "eu-west-1/store-redis"]);
  });

  it.each([
    ["moon", undefined, [], "USAGE_INVALID"],
    ["region", undefined, [], "USAGE_INVALID"],
    ["istiod", "two", [], "USAGE_INVALID"],
    ["region", "mars-1", [], "REGION_UNKNOWN"],
    ["eso", undefined, [], "SANDBOX_FAULT_UNKNOWN"],
    ["store", "neo4j", [], "SANDBOX_FAULT_UNKNOWN"],
  ])("The target of a fault is rejected: %s %s", (what, name, regions, code) => {
    expect(() => targets(what, name, regions)).toThrow(expect.objectContaining({ code }));
  });
});
