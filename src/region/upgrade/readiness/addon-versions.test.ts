import { describe, expect, it } from "vitest";
import type { Addon, AddonVersions, Eks } from "../../../aws/eks/port.ts";
import { AppError } from "../../../core/error.ts";
import { memoryAws } from "../../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../../test/support/memory-cluster.ts";
import { platformSchema, type Region } from "../../../platform/schema.ts";
import { addonVersions } from "./addon-versions.ts";
import { readinessContext } from "./readiness-context.ts";

const { signal } = new AbortController();

/** Returns the findings about one installed add-on. `offered`: the versions for each version of Kubernetes, the default first. */
async function judged(
  name: string,
  version: string,
  offered: Readonly<Record<string, readonly string[]>>,
  [from, to] = ["1.34", "1.35"],
): Promise<readonly string[]> {
  const { aws } = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  const addon: Addon = { name, arn: "", status: "ACTIVE", version, issues: [], tags: {} };
  const eks: Pick<Eks, "addons" | "addonVersions"> = {
    addons: async () => [addon],
    async addonVersions(_name, kubernetes): Promise<AddonVersions> {
      const [best, ...others] = offered[kubernetes] ?? [];
      if (best === undefined) throw new AppError("AWS_REJECTED", "EKS offers none");
      return { default: best, compatible: [best, ...others] };
    },
  };
  const region = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu" };
  const platform = platformSchema.parse({ name: "acme", domain: "acme.example", regions: [region] });
  const world = {
    platform,
    region: platform.regions[0] as Region,
    cluster: async () => memoryCluster("eu").cluster,
    aws: { ...aws, service: (async () => eks) as unknown as typeof aws.service },
  };
  const kind = from < to ? ("upgrade" as const) : ("rollback" as const);
  const found = await addonVersions.run(readinessContext(world, { from, to, kind }, signal), signal);
  return found.map(({ severity, summary, fix }) =>
    [`${severity} ${summary}`, ...(fix === undefined ? [] : [fix])].join(" → "),
  );
}

const update = (name: string, version: string): string =>
  `aws eks update-addon --cluster-name acme-eu --addon-name ${name} --addon-version ${version} --region eu-west-1`;

describe("an add-on", () => {
  it("One that fits both versions stays, in an upgrade and in a rollback", async () => {
    const offered = { "1.34": ["v3", "v2"], "1.35": ["v4", "v3"] };
    expect(await judged("coredns", "v3", offered)).toEqual(["ok fit Kubernetes 1.34 and 1.35"]);
    expect(await judged("coredns", "v3", offered, ["1.35", "1.34"])).toEqual(["ok fit Kubernetes 1.35 and 1.34"]);
  });

  it("One that does not fit goes to the newest version that fits both first", async () => {
    const offered = { "1.34": ["v4", "v3", "v2"], "1.35": ["v5", "v4", "v3"] };
    expect(await judged("coredns", "v2", offered)).toEqual([
      `fail v2 does not fit Kubernetes 1.35, but v4 fits 1.34 and 1.35 → ${update("coredns", "v4")}`,
    ]);
    expect(await judged("coredns", "v5", offered, ["1.35", "1.34"])).toEqual([
      `fail v5 does not fit Kubernetes 1.34, but v4 fits 1.35 and 1.34 → ${update("coredns", "v4")}`,
    ]);
  });

  it("Without a version for both, it is updated after the control plane; without one at all, it is in the way", async () => {
    expect(await judged("kube-proxy", "v1.34.1", { "1.34": ["v1.34.1"], "1.35": ["v1.35.0"] })).toEqual([
      "warn v1.34.1 does not fit Kubernetes 1.35, and no version fits 1.34 and 1.35: it is updated after the control plane",
    ]);
    expect(await judged("old", "v1", { "1.34": ["v1"] })).toEqual([
      "fail EKS offers it for no cluster with Kubernetes 1.35 → aws eks describe-addon-versions --addon-name old --region eu-west-1",
    ]);
  });

  it("vpc-cni moves by one minor version at a time, other add-ons at once", async () => {
    const offered = {
      "1.34": ["v1.21.1-eksbuild.3", "v1.20.4-eksbuild.2", "v1.19.0-eksbuild.1"],
      "1.35": ["v1.21.1-eksbuild.3", "v1.20.4-eksbuild.2"],
    };
    expect(await judged("vpc-cni", "v1.19.0-eksbuild.1", offered)).toEqual([
      `fail v1.19.0-eksbuild.1 does not fit Kubernetes 1.35, but v1.20.4-eksbuild.2 fits 1.34 and 1.35 → ${update("vpc-cni", "v1.20.4-eksbuild.2")}`,
    ]);
    expect((await judged("coredns", "v1.19.0-eksbuild.1", offered))[0]).toContain("but v1.21.1-eksbuild.3 fits");
  });

  it("vpc-cni that is two minor versions behind goes to the one between first", async () => {
    const offered = { "1.34": ["v1.20.0", "v1.19.0"], "1.35": ["v1.21.0"] };
    expect(await judged("vpc-cni", "v1.19.0", offered)).toEqual([
      `fail v1.19.0 does not fit Kubernetes 1.35, and cannot be updated to v1.21.0 at once → ${update("vpc-cni", "v1.20.0")}`,
    ]);
    expect(await judged("vpc-cni", "v1.20.0", offered)).toEqual([
      "warn v1.20.0 does not fit Kubernetes 1.35, and no version fits 1.34 and 1.35: it is updated after the control plane",
    ]);
  });
});
