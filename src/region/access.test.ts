import { beforeEach, describe, expect, it } from "vitest";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { oneRegion, type OneRegion } from "../../test/support/one-region.ts";
import { AppError } from "../core/error.ts";
import type { RegionWorld } from "./world.ts";

const adminPolicy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
const arnOf = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
/** Objects that are compared by a dry run. */
const applied = ["namespaces", "guardrails", "mesh-mtls", "secret-store"];
const objects = ["storage-class", ...applied, "argocd-controller"];

let eu: OneRegion;

beforeEach(() => {
  eu = oneRegion();
  for (const name of ["ada", "ben"]) {
    const admin = eu.cloud.roles.get("admin");
    if (admin === undefined) throw new Error("there is no caller");
    eu.cloud.roles.set(name, { ...admin, name, arn: arnOf(name) });
  }
});

/** Returns a world in which another role calls, which the API server only accepts with an access entry. */
function seenBy(name: string, world: RegionWorld): RegionWorld {
  const identity = async (): Promise<{ accountId: string; arn: string }> => ({
    accountId: "111122223333",
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/session`,
  });
  const cluster: RegionWorld["cluster"] = async () => {
    const inner = await world.cluster();
    return {
      ...inner,
      get: async (ref, signal) => {
        if (eu.cloud.entries.has(arnOf(name))) return inner.get(ref, signal);
        throw new AppError("KUBE_DENIED", "eu does not accept the credential (401 Unauthorized).");
      },
    };
  };
  return { ...world, aws: { ...world.aws, identity, verifyAccount: identity }, cluster };
}

describe("administrators of a cluster", () => {
  it("Without a list, the caller who creates the cluster is its only administrator", async () => {
    await eu.bootstrap(eu.world());
    expect(
      [...eu.cloud.entries.values()].map(({ principalArn, clusterPolicies }) => [principalArn, clusterPolicies]),
    ).toEqual([[arnOf("admin"), [adminPolicy]]]);
  });

  it("A second person's plan shows that the caller has no access entry, and announces nothing that exists as new", async () => {
    await eu.bootstrap(eu.world());
    const before = eu.cloud.changes();
    const pending = await eu.pending(seenBy("ada", eu.world()));
    expect(Object.keys(pending)).toEqual(["access-entry", ...objects]);
    expect(pending["access-entry"]).toContain(`blocked ${arnOf("ada")} has no access entry for the cluster`);
    for (const id of nonEmpty(objects)) expect(pending[id]).toMatch(/^deferred until it can be read/);
    expect(await eu.bootstrap(seenBy("ada", eu.world()))).toMatchObject({ exit: 3 });
    expect(eu.cloud.changes()).toBe(before);
  });

  it("Administrators in gennet.yaml are added, and the caller stays as long as that is the caller", async () => {
    await eu.bootstrap(eu.world());
    const listed = eu.world({ kubernetes: { administrators: [arnOf("ada"), arnOf("ben")] } });
    expect(await eu.pending(listed)).toEqual({
      "access-entry": `create ${arnOf("ada")}: policies: AmazonEKSClusterAdminPolicy | ${arnOf("ben")}: policies: AmazonEKSClusterAdminPolicy`,
    });
    expect(await eu.bootstrap(listed)).toMatchObject({ exit: 0 });
    expect(eu.cloud.entries.size).toBe(3);
    expect(await eu.pending(listed)).toEqual({});
    expect(await eu.pending(seenBy("ada", listed))).toEqual({ "access-entry": `delete ${arnOf("admin")}` });
  });

  it("An administrator who is taken off the list loses access, and one whom gennet did not add keeps it", async () => {
    const both = eu.world({ kubernetes: { administrators: [arnOf("admin"), arnOf("ada")] } });
    await eu.bootstrap(both);
    eu.cloud.entries.set(arnOf("ben"), { principalArn: arnOf("ben"), clusterPolicies: [adminPolicy], tags: {} });
    const one = eu.world({ kubernetes: { administrators: [arnOf("admin")] } });
    expect(await eu.pending(one)).toEqual({ "access-entry": `delete ${arnOf("ada")}` });
    expect(await eu.bootstrap(one)).toMatchObject({ exit: 0, findings: [] });
    expect([...eu.cloud.entries.keys()]).toEqual([arnOf("admin"), arnOf("ben")]);
    expect(await eu.pending(one)).toEqual({});
  });

  it("An administrator whose policy was taken away gets it back", async () => {
    await eu.bootstrap(eu.world());
    const entry = eu.cloud.entries.get(arnOf("admin"));
    if (entry === undefined) throw new Error("there is no entry");
    eu.cloud.entries.set(arnOf("admin"), { ...entry, clusterPolicies: [] });
    expect(await eu.pending(eu.world())).toEqual({
      "access-entry": "update policies: add AmazonEKSClusterAdminPolicy",
    });
    await eu.bootstrap(eu.world());
    expect(eu.cloud.entries.get(arnOf("admin"))?.clusterPolicies).toEqual([adminPolicy]);
  });

  it("Objects that the caller may read but not compare are unknown", async () => {
    await eu.bootstrap(eu.world());
    const denied = new AppError("KUBE_DENIED", 'User "viewer" cannot patch resource "namespaces"');
    const world = eu.world();
    const cluster: RegionWorld["cluster"] = async () => ({
      ...(await world.cluster()),
      apply: async () => Promise.reject(denied),
    });
    const pending = await eu.pending({ ...world, cluster });
    expect(Object.keys(pending)).toEqual(applied);
    for (const id of nonEmpty(applied)) expect(pending[id]).toContain("cannot patch resource");
  });
});
