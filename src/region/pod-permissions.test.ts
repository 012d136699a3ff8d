import { beforeEach, describe, expect, it } from "vitest";
import { type OneRegion, oneRegion } from "../../test/support/one-region.ts";
import type { Role } from "../aws/iam/port.ts";
import type { ObjectRef } from "../k8s/port.ts";
import type { RegionWorld } from "./world.ts";

const network = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy";
const owner = { owner: "another-team" };

let eu: OneRegion;
/** What happened, in this order: changes of workloads, and policies that were detached. */
let events: string[];
/** What the pods of a workload are replaced by, once its template changes. */
let replaces: boolean;

beforeEach(async () => {
  eu = oneRegion();
  await eu.bootstrap(eu.world());
  events = [];
  replaces = true;
});

/** Makes the cluster one whose VPC CNI works with the permissions of its nodes, as that of another team does. */
function borrowing(): void {
  const role = nodeRole();
  eu.cloud.roles.set(role.name, { ...role, policies: [...role.policies, network], tags: owner });
  eu.cloud.identities.delete("kube-system/aws-node");
  eu.cloud.addons.delete("vpc-cni");
  eu.cloud.addons.delete("eks-pod-identity-agent");
  eu.cloud.selfManaged.add("vpc-cni");
  eu.kube.store({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "aws-node", namespace: "kube-system" },
    spec: { template: {} },
  });
  for (const name of ["aws-node-1", "aws-node-2"]) pod(name);
}

function nodeRole(): Role {
  const role = eu.cloud.roles.get("acme-eu-node");
  if (role === undefined) throw new Error("there is no role of the nodes");
  return role;
}

function pod(name: string, env: readonly string[] = []): void {
  eu.kube.store({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system" },
    spec: {
      serviceAccountName: "aws-node",
      containers: [{ name: "aws-node", env: env.map((each) => ({ name: each })) }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  });
}

/** Returns a world in which EKS gives its own role to pods that are created with one, and in which it is seen in which order. */
function watched(world: RegionWorld): RegionWorld {
  const { cluster } = eu.kube;
  const patch: typeof cluster.patch = async (ref: ObjectRef, ...rest) => {
    const stored = await cluster.patch(ref, ...rest);
    events.push(`${ref.kind} ${ref.name}`);
    const hasRole = eu.cloud.identities.has("kube-system/aws-node");
    for (const name of replaces && hasRole ? ["aws-node-1", "aws-node-2"] : []) {
      pod(name, ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]);
    }
    return stored;
  };
  const service: typeof world.aws.service = async (name) => {
    const { iam, eks } = { iam: await eu.cloud.aws.service("iam"), eks: await eu.cloud.aws.service("eks") };
    const detachPolicy: typeof iam.detachPolicy = async (role, policy, signal) => {
      if (policy === network) events.push("detach");
      await iam.detachPolicy(role, policy, signal);
    };
    const createPodIdentity: typeof eks.createPodIdentity = async (...asked) => {
      events.push(`identity with agent ${eu.cloud.addons.get("eks-pod-identity-agent")?.status}`);
      await eks.createPodIdentity(...asked);
    };
    if (name === "iam") return { ...iam, detachPolicy } as never;
    return name === "eks" ? ({ ...eks, createPodIdentity } as never) : eu.cloud.aws.service(name);
  };
  return { ...world, aws: { ...world.aws, service }, cluster: async () => ({ ...cluster, patch }) };
}

describe("an adopted cluster whose VPC CNI has the permissions of its nodes", () => {
  it("The nodes' role loses them only after the pods have their own role, from an agent that runs", async () => {
    borrowing();
    const world = watched({ ...eu.world(), adopts: true });
    expect(await eu.pending(world)).toMatchObject({
      "pod-permissions": "update permissions: role of the nodes → Pod Identity",
      "node-role-policies": "delete policy AmazonEKS_CNI_Policy of role acme-eu-node",
    });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(events).toEqual(["identity with agent ACTIVE", "DaemonSet aws-node", "detach"]);
    expect(nodeRole().policies).not.toContain(network);
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("As long as its pods are not replaced, the role keeps them, and the run says what it waits for", async () => {
    borrowing();
    replaces = false;
    const { exit, findings } = await eu.bootstrap(watched({ ...eu.world(), adopts: true }));
    expect(exit).toBe(6);
    expect(findings[0]?.summary).toContain("2 pods of DaemonSet kube-system/aws-node not replaced or not ready");
    expect(nodeRole().policies).toContain(network);
    replaces = true;
    expect(await eu.bootstrap(watched(eu.world()))).toMatchObject({ exit: 0, findings: [] });
    expect(nodeRole().policies).not.toContain(network);
  });

  it("Killed between any two changes, the next run continues, and the pods are never without permissions", async () => {
    borrowing();
    const adopting = { ...eu.world(), adopts: true };
    const borrows = (): boolean =>
      ["aws-node-1", "aws-node-2"].some((name) => {
        const { spec } = eu.kube.objects.get(`Pod kube-system/${name}`) as {
          spec?: { containers: { env: unknown[] }[] };
        };
        return spec?.containers[0]?.env.length === 0;
      });
    const ends: string[] = [];
    const without: number[] = [];
    while (nodeRole().policies.includes(network)) {
      eu.cloud.kill(0, "after");
      ends.push(await eu.bootstrap(watched(adopting)).then(() => "finished", String));
      eu.cloud.restart();
      if (borrows() && !nodeRole().policies.includes(network)) without.push(ends.length);
    }
    expect(ends.length).toBeGreaterThan(3);
    expect(ends.filter((end) => !end.includes("killed"))).toEqual([]);
    expect(without).toEqual([]);
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("In Auto Mode, where they get no role, it keeps them until they are gone", async () => {
    const auto = eu.world({ nodes: { mode: "auto" } });
    await eu.bootstrap(auto);
    const role = nodeRole();
    eu.cloud.roles.set(role.name, { ...role, policies: [...role.policies, network] });
    pod("aws-node-1");
    expect((await eu.pending(auto))["node-role-policies"]).toContain(
      "until the pods of DaemonSet kube-system/aws-node, which have the permissions of their nodes, are gone",
    );
    await eu.bootstrap(auto);
    expect(nodeRole().policies).toContain(network);
    eu.kube.objects.delete("Pod kube-system/aws-node-1");
    expect(await eu.bootstrap(auto)).toMatchObject({ exit: 0, findings: [] });
    expect(nodeRole().policies).not.toContain(network);
  });
});

describe("a policy that was attached to the nodes' role", () => {
  it("It is removed, and pods that have their own role are left alone", async () => {
    const role = nodeRole();
    eu.cloud.roles.set(role.name, { ...role, policies: [...role.policies, network] });
    pod("aws-node-1", ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]);
    expect(await eu.pending(eu.world())).toEqual({
      "node-role-policies": "delete policy AmazonEKS_CNI_Policy of role acme-eu-node",
    });
    expect(await eu.bootstrap(watched(eu.world()))).toMatchObject({ exit: 0, findings: [] });
    expect(events).toEqual(["detach"]);
  });
});
