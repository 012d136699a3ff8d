import { beforeEach, describe, expect, it } from "vitest";
import { oneRegion, type OneRegion, removed } from "../../test/support/one-region.ts";
import { type PolicyDocument, policyOf, type PolicyStatement, statementsOf, trustOf } from "../core/iam-policy.ts";
import type { Role } from "../aws/iam/port.ts";
import { clusterRole, nodeRole, secretsRole } from "./resources/roles.ts";

let eu: OneRegion;

beforeEach(async () => {
  eu = oneRegion();
  await eu.bootstrap(eu.world());
});

function role(name: string): Role {
  const found = eu.cloud.roles.get(`acme-eu-${name}`);
  if (found === undefined) throw new Error(`there is no role ${name}`);
  return found;
}

function drift(name: string, facts: Partial<Role>): void {
  eu.cloud.roles.set(`acme-eu-${name}`, { ...role(name), ...facts });
}

const wide = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });

describe("IAM roles of a region", () => {
  it("A trust policy that was changed by hand is shown and restored", async () => {
    drift("cluster", { trust: trustOf("ec2.amazonaws.com", ["sts:AssumeRole"]) });
    expect(await eu.pending(eu.world())).toEqual({
      "cluster-role":
        "update trust: ec2.amazonaws.com: sts:AssumeRole → eks.amazonaws.com: sts:AssumeRole, sts:TagSession",
    });
    await eu.bootstrap(eu.world());
    expect(statementsOf(role("cluster").trust)).toEqual(["eks.amazonaws.com: sts:AssumeRole, sts:TagSession"]);
  });

  it("A policy that widens a role is removed, whether it is attached or inline", async () => {
    drift("node", { policies: [...role("node").policies, "arn:aws:iam::aws:policy/AdministratorAccess"] });
    drift("external-secrets", { inline: { ...role("external-secrets").inline, everything: wide } });
    expect(await eu.pending(eu.world())).toEqual({
      "node-role-policies": "delete policy AdministratorAccess of role acme-eu-node",
      "external-secrets-role": "delete policy everything of role acme-eu-external-secrets",
    });
    await eu.bootstrap(eu.world());
    expect(role("node").policies).toHaveLength(2);
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("An inline policy that was changed by hand is restored", async () => {
    drift("external-secrets", { inline: { ...role("external-secrets").inline, "read-secrets": wide } });
    const pending = (await eu.pending(eu.world()))["external-secrets-role"];
    expect(pending).toMatch(
      /^update allows: \* on \* → secretsmanager:DescribeSecret, secretsmanager:GetSecretValue on /,
    );
    await eu.bootstrap(eu.world());
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("External Secrets reads the secrets of this platform in this region, but no login of the database's owner", () => {
    const secrets = "arn:aws:secretsmanager:eu-west-1:111122223333:secret";
    const [allowed, denied] = statementsOf(role("external-secrets").inline["read-secrets"] as PolicyDocument);
    expect(allowed).toBe(`secretsmanager:DescribeSecret, secretsmanager:GetSecretValue on ${secrets}:acme/*`);
    expect(JSON.parse(denied ?? "")).toMatchObject({ Effect: "Deny", Resource: `${secrets}:acme/postgres-??????` });
  });

  it("External Secrets reads no login of another region in the same AWS region", () => {
    const world = eu.world();
    const beside = { ...world.region, name: "blue", cluster: "acme-blue" };
    const platform = { ...world.platform, regions: [...world.platform.regions, beside] };
    const at = { ...world, platform };
    const policy = secretsRole
      .diff(undefined, { world: at } as never)
      .operations.map(({ fields }) => fields?.["allows"]);
    expect(JSON.stringify(policy)).toContain("secret:acme/blue/redis-??????");
    expect(JSON.stringify(policy)).not.toContain("secret:acme/eu/redis-??????");
  });

  it("Volumes are encrypted with the region's key by the role that creates them, through EC2 and with grants to AWS only", async () => {
    const conditions = (document: PolicyDocument | undefined): unknown =>
      ((document?.Statement ?? []) as readonly PolicyStatement[]).map(({ Action, Condition }) => [Action, Condition]);
    const viaEc2 = {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/acme-eu" },
      StringEquals: { "kms:ViaService": ["ec2.eu-west-1.amazonaws.com"] },
    };
    const rights = [
      [["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"], viaEc2],
      ["kms:CreateGrant", { ...viaEc2, Bool: { "kms:GrantIsForAWSResource": "true" } }],
    ];
    expect(conditions(role("ebs-csi").inline["volumes"])).toEqual(rights);
    expect(role("cluster").inline["volumes"]).toBeUndefined();
    await eu.bootstrap(eu.world({ nodes: { mode: "auto" } }));
    expect(conditions(role("cluster").inline["volumes"])).toEqual(rights);
    await eu.bootstrap(eu.world());
    expect(role("cluster").inline["volumes"]).toBeUndefined();
  });

  it("The permissions boundary of gennet.yaml is set on every role, changed, and removed", async () => {
    const permissionsBoundary = "arn:aws:iam::111122223333:policy/limits";
    const bounded = eu.world({}, { permissionsBoundary });
    const roles = ["cluster", "node", "vpc-cni", "ebs-csi", "external-secrets", "flow-log"];
    expect(Object.keys(await eu.pending(bounded))).toEqual(roles.map((name) => `${name}-role`));
    await eu.bootstrap(bounded);
    expect(roles.map((name) => role(name).boundary)).toEqual(roles.map(() => permissionsBoundary));
    expect((await eu.pending(eu.world()))["node-role"]).toBe(
      `update permissions boundary: ${permissionsBoundary} → none`,
    );
    await eu.bootstrap(eu.world());
    expect(roles.map((name) => role(name).boundary)).toEqual(roles.map(() => undefined));
  });

  it("Every role is created under the path of gennet.yaml, and the region works with it", async () => {
    const own = oneRegion();
    const world = own.world({}, { rolePath: "/platform/" });
    await own.bootstrap(world);
    const roles = ["cluster", "node", "vpc-cni", "ebs-csi", "external-secrets", "flow-log"];
    expect(roles.map((name) => own.cloud.roles.get(`acme-eu-${name}`)?.arn)).toEqual(
      roles.map((name) => `arn:aws:iam::111122223333:role/platform/acme-eu-${name}`),
    );
    expect(await own.pending(world)).toEqual({});
  });

  it("A role keeps its path: another one is a replacement that is blocked", async () => {
    const world = eu.world({}, { rolePath: "/platform/" });
    const { changes } = (await eu.plan(world)).regions[0] ?? { changes: [] };
    const change = changes.find(({ step }) => step === "cluster-role");
    expect(change).toMatchObject({
      action: "blocked",
      operations: [{ verb: "replace", field: "path", before: "/", after: "/platform/" }],
      obstacle: { reason: expect.stringContaining("so set rolePath to /, or destroy the region") },
    });
    await eu.bootstrap(world);
    expect(role("cluster").arn).toBe("arn:aws:iam::111122223333:role/acme-eu-cluster");
  });

  it("The role of nodes in China trusts the service principal of China", async () => {
    const world = eu.world({ awsRegion: "cn-north-1" });
    const at = { world, signal: new AbortController().signal, output: () => undefined, required: () => undefined };
    const [first] = nodeRole.diff(undefined, at as never).operations;
    expect(first?.fields?.["trust"]).toEqual(["ec2.amazonaws.com.cn: sts:AssumeRole"]);
  });

  it("A role is deleted after its policies, and is taken out of its instance profiles", async () => {
    eu.cloud.profiles.set("acme-eu-cluster", ["left-by-auto-mode"]);
    expect(await removed(clusterRole, eu.world())).toMatchObject({ done: "role acme-eu-cluster" });
    expect(eu.cloud.roles.has("acme-eu-cluster")).toBe(false);
    expect(eu.cloud.profiles.get("acme-eu-cluster")).toEqual([]);
  });

  it("Killed at any call of the removal of a role, the next one continues", async () => {
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < 3; n++) {
        eu = oneRegion();
        await eu.bootstrap(eu.world());
        eu.cloud.kill(n, when);
        await expect(removed(clusterRole, eu.world())).rejects.toThrow("killed");
        eu.cloud.restart();
        await removed(clusterRole, eu.world());
        expect(eu.cloud.roles.has("acme-eu-cluster")).toBe(false);
      }
    }
  });
});
