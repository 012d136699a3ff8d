import { beforeEach, describe, expect, it } from "vitest";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { oneRegion, type OneRegion, type RegionInput, removed } from "../../test/support/one-region.ts";
import { UnsupportedZones } from "../core/unsupported-zones.ts";
import type { Addon, EksCluster, Nodegroup } from "../aws/eks/port.ts";
import { AppError } from "../core/error.ts";
import { eksCluster } from "./resources/eks-cluster.ts";
import { nodeGroup } from "./resources/node-group.ts";
import { nodeTemplate } from "./resources/node-template.ts";
import { networkIdentity } from "./resources/pod-identities.ts";
import { coredns } from "./resources/workload-addons.ts";
import type { RegionWorld } from "./world.ts";

const { signal } = new AbortController();

let eu: OneRegion;

beforeEach(async () => {
  eu = oneRegion();
  await eu.bootstrap(eu.world());
});

function cluster(): EksCluster {
  const found = eu.cloud.clusters.get("acme-eu");
  if (found === undefined) throw new Error("there is no cluster");
  return found;
}

function group(): Nodegroup {
  const found = eu.cloud.nodegroups.get("default");
  if (found === undefined) throw new Error("there is no node group");
  return found;
}

function addonOf(name: string): Addon {
  const found = eu.cloud.addons.get(name);
  if (found === undefined) throw new Error(`there is no add-on ${name}`);
  return found;
}

const closed: NonNullable<RegionInput["kubernetes"]> = {
  support: "standard",
  endpoint: { public: true, private: true, cidrs: ["203.0.113.0/24"] },
  logs: ["audit"],
  zonalShift: false,
  deletionProtection: false,
};

describe("a new cluster", () => {
  it("A new cluster has the region's key, access entries, and the support and protection that gennet.yaml asks for", () => {
    const [key] = [...eu.cloud.keys.values()];
    expect(cluster()).toMatchObject({
      encryptionKeyArn: key?.arn,
      authenticationMode: "API",
      supportType: "EXTENDED",
      deletionProtection: true,
      zonalShift: true,
      publicCidrs: ["0.0.0.0/0"],
    });
  });

  it("Nodes are launched from a template with IMDSv2, one hop and a disk that is encrypted with the region's key", () => {
    const template = eu.cloud.things.find(({ kind }) => kind === "launch-template");
    const [key] = [...eu.cloud.keys.values()];
    expect(template?.facts["latest"]).toMatchObject({
      metadataTokens: true,
      metadataHops: 1,
      diskGb: 50,
      diskType: "gp3",
      diskEncrypted: true,
      diskKeyArn: key?.arn,
    });
    expect(group().template).toEqual({ id: template?.id, version: 1 });
  });

  it("A platform and a region with the longest names have a launch template and roles that AWS accepts", async () => {
    const long = "a".repeat(63);
    eu = oneRegion();
    const world = eu.world({ name: long }, { name: long });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    const template = eu.cloud.things.find(({ kind }) => kind === "launch-template");
    expect(String(template?.facts["name"]).length).toBeLessThanOrEqual(128);
    expect(await eu.pending(world)).toEqual({});
  });

  it("External Secrets, the VPC CNI and the EBS CSI driver have roles of their own", () => {
    const identities = [...eu.cloud.identities].map(([account, { roleArn }]) => [account, roleArn.split("/")[1]]);
    expect(Object.fromEntries(identities)).toEqual({
      "external-secrets/external-secrets": "acme-eu-external-secrets",
      "kube-system/aws-node": "acme-eu-vpc-cni",
      "kube-system/ebs-csi-controller-sa": "acme-eu-ebs-csi",
    });
    expect(eu.cloud.roles.get("acme-eu-node")?.policies).not.toContain("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy");
  });
});

describe("a change of the cluster", () => {
  it("Every setting of a cluster is changed by its own update, and then nothing is left to do", async () => {
    const world = eu.world({
      kubernetes: { ...closed, endpoint: { ...closed.endpoint, public: true, private: false } },
    });
    expect(await eu.pending(world)).toEqual({
      cluster:
        "update endpoint: public, private → public | public ranges: 0.0.0.0/0 → 203.0.113.0/24 | " +
        "support: extended → standard | logs: api, audit, authenticator → audit | zonal shift: on → off | " +
        "deletion protection: on → off",
    });
    const before = eu.cloud.changes();
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0 });
    expect(eu.cloud.changes() - before).toBe(5);
    expect(await eu.pending(world)).toEqual({});
  });

  it("A change by hand is shown as exactly that field", async () => {
    const { encryptionKeyArn: _, ...bare } = cluster();
    const drifts: readonly (readonly [Partial<EksCluster>, string])[] = [
      [{ privateAccess: false }, "update endpoint: public → public, private"],
      [{ publicCidrs: ["10.0.0.0/8"] }, "update public ranges: 10.0.0.0/8 → 0.0.0.0/0"],
      [{ supportType: "STANDARD" }, "update support: standard → extended"],
      [{ deletionProtection: false }, "update deletion protection: off → on"],
      [{ zonalShift: false }, "update zonal shift: off → on"],
    ];
    const original = cluster();
    for (const [drift, shown] of drifts) {
      eu.cloud.clusters.set("acme-eu", { ...original, ...drift });
      expect(await eu.pending(eu.world())).toEqual({ cluster: shown });
      await eu.bootstrap(eu.world());
      expect(cluster()).toEqual(original);
    }
    eu.cloud.clusters.set("acme-eu", bare);
    expect(await eu.pending(eu.world())).toEqual({ cluster: "update encryption key: add alias/acme-eu" });
    await eu.bootstrap(eu.world());
    expect(cluster()).toEqual(original);
  });

  it("A cluster with aws-auth gets access entries beside it, because leaving aws-auth cannot be undone", async () => {
    eu.cloud.clusters.set("acme-eu", { ...cluster(), authenticationMode: "CONFIG_MAP" });
    expect((await eu.pending(eu.world()))["cluster"]).toBe("update access: CONFIG_MAP → API_AND_CONFIG_MAP");
    await eu.bootstrap(eu.world());
    expect(cluster().authenticationMode).toBe("API_AND_CONFIG_MAP");
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("A cluster that has public subnets gets the private ones only, before Auto Mode puts nodes in what it has", async () => {
    const all = eu.cloud.things.filter(({ kind }) => kind === "subnet").map(({ id }) => id);
    const own = cluster().subnetIds;
    expect(own).toHaveLength(3);
    eu.cloud.clusters.set("acme-eu", { ...cluster(), subnetIds: all });
    const auto = eu.world({ nodes: { mode: "auto" } });
    expect((await eu.pending(auto))["cluster"]).toContain(
      "subnets: public-1, public-2, public-3, private-1, private-2, private-3 → private-1, private-2, private-3",
    );
    const eks = await eu.cloud.aws.service("eks");
    const made: string[] = [];
    const watching: typeof eks = {
      ...eks,
      updateCluster: async (name, change, signal) => {
        made.push(change.change);
        await eks.updateCluster(name, change, signal);
      },
    };
    const service: typeof auto.aws.service = async (name) =>
      name === "eks" ? (watching as never) : eu.cloud.aws.service(name);
    expect(await eu.bootstrap({ ...auto, aws: { ...auto.aws, service } })).toMatchObject({ exit: 0, findings: [] });
    expect(made).toEqual(["subnets", "auto mode"]);
    expect(cluster().subnetIds).toEqual(own);
  });

  it("A cluster in another VPC is not changed", async () => {
    eu.cloud.clusters.set("acme-eu", { ...cluster(), vpcId: "vpc-other", supportType: "STANDARD" });
    expect((await eu.pending(eu.world()))["cluster"]).toMatch(/^blocked it is in vpc-other/);
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 3 });
    expect(cluster().supportType).toBe("STANDARD");
  });

  it("A key that the cluster already has cannot be replaced", async () => {
    const encryptionKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/other";
    eu.cloud.clusters.set("acme-eu", { ...cluster(), encryptionKeyArn });
    expect((await eu.pending(eu.world()))["cluster"]).toMatch(/^blocked .*encryption key/);
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 3 });
  });

  it("Killed at any update of a cluster, the next run makes the others, and repeats none that EKS has made", async () => {
    const world = eu.world({ kubernetes: closed });
    const original = cluster();
    const start = eu.cloud.changes();
    await eu.bootstrap(world);
    const calls = eu.cloud.changes() - start;
    expect(calls).toBe(5);
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < calls; n++) {
        eu.cloud.clusters.set("acme-eu", original);
        eu.cloud.kill(n, when);
        await expect(eu.bootstrap(world)).rejects.toThrow("killed");
        eu.cloud.restart();
        expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
        expect(await eu.pending(world)).toEqual({});
      }
    }
  });

  it("The older spelling of the Kubernetes version is understood, and a change of it is not made by bootstrap", async () => {
    expect(await eu.pending(eu.world({ kubernetesVersion: "1.34" }))).toEqual({});
    for (const version of [{ kubernetesVersion: "1.35" }, { kubernetes: { version: "1.35" } }]) {
      expect(await eu.pending(eu.world(version))).toEqual({
        kubernetes: "blocked it runs Kubernetes 1.34, but gennet.yaml specifies 1.35: bootstrap does not upgrade",
      });
      const { exit, findings } = await eu.bootstrap(eu.world(version));
      expect(exit).toBe(3);
      expect(findings.map(({ fix }) => fix)).toEqual(["gennet region upgrade eu"]);
      expect(cluster().version).toBe("1.34");
    }
  });

  it("A region that changes to Auto Mode gets its policies and node pools, and loses what Auto Mode brings itself", async () => {
    const world = eu.world({ nodes: { mode: "auto" } });
    const pending = await eu.pending(world);
    expect(pending["cluster"]).toBeUndefined();
    expect(pending["auto-mode"]).toBe(
      "update nodes: managed → auto | node role: add acme-eu-node | node pools: general-purpose, system",
    );
    expect(pending["auto-mode-policies"]).toContain("policy AmazonEKSComputePolicy of role acme-eu-cluster");
    expect(pending["node-group"]).toBe("delete default");
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(cluster().auto).toMatchObject({ nodePools: ["general-purpose", "system"] });
    expect([eu.cloud.nodegroups.size, ...eu.cloud.addons.keys()]).toEqual([0, "metrics-server"]);
    expect([...eu.cloud.identities.keys()]).toEqual(["external-secrets/external-secrets"]);
    expect(eu.cloud.roles.has("acme-eu-vpc-cni")).toBe(false);
    expect(await eu.pending(world)).toEqual({});
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(eu.cloud.nodegroups.size).toBe(1);
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("The nodes of one mode are there before those of the other go, and add-ons serve their nodes to the end", async () => {
    const stepsOf = async (world: RegionWorld): Promise<readonly string[]> => {
      const { regions } = await eu.bootstrap(world);
      const watched = /^(auto-mode|node-group|addon-.*)$/;
      const changed = regions.flatMap(({ steps }) => steps.filter(({ outcome }) => outcome === "changed"));
      return changed.map(({ step }) => step).filter((step) => watched.test(step));
    };
    const last = ["addon-aws-ebs-csi-driver", "addon-coredns"];
    const toAuto = await stepsOf(eu.world({ nodes: { mode: "auto" } }));
    expect(toAuto.slice(0, 2)).toEqual(["auto-mode", "node-group"]);
    expect(toAuto.slice(2).toSorted()).toEqual(
      [
        ...last,
        "addon-eks-node-monitoring-agent",
        "addon-eks-pod-identity-agent",
        "addon-kube-proxy",
        "addon-vpc-cni",
      ].toSorted(),
    );
    expect((await eu.pending(eu.world()))["auto-mode"]).toBe(
      "delete Auto Mode of acme-eu, with its nodes and the load balancers that it made",
    );
    const toManaged = await stepsOf(eu.world());
    expect(toManaged.slice(-1)).toEqual(["auto-mode"]);
    expect(toManaged).toContain("node-group");
    expect(cluster().auto).toBeUndefined();
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("EKS has the policies of Auto Mode until the cluster has left it, because it deletes the nodes with them", async () => {
    const auto = eu.world({ nodes: { mode: "auto" } });
    await eu.bootstrap(auto);
    const eks = await eu.cloud.aws.service("eks");
    const held: (readonly string[])[] = [];
    const watching: typeof eks = {
      ...eks,
      updateCluster: async (...asked) => {
        held.push(eu.cloud.roles.get("acme-eu-cluster")?.policies ?? []);
        await eks.updateCluster(...asked);
      },
    };
    const world = eu.world();
    const service: typeof world.aws.service = async (name) =>
      name === "eks" ? (watching as never) : eu.cloud.aws.service(name);
    expect(await eu.bootstrap({ ...world, aws: { ...world.aws, service } })).toMatchObject({ exit: 0, findings: [] });
    expect(held.map((policies) => policies.length)).toEqual([5]);
    expect(eu.cloud.roles.get("acme-eu-cluster")?.policies).toEqual(["arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"]);
  });

  it("A new region in Auto Mode has no node group, and only the add-ons that Auto Mode does not bring", async () => {
    eu = oneRegion();
    const world = eu.world({ nodes: { mode: "auto" } });
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect([eu.cloud.nodegroups.size, ...eu.cloud.addons.keys()]).toEqual([0, "metrics-server"]);
    expect(eu.kube.objects.get("ConfigMap kube-system/amazon-vpc-cni")).toMatchObject({
      data: { "enable-network-policy-controller": "true" },
    });
    expect(await eu.pending(world)).toEqual({});
  });
});

describe("an older cluster in Auto Mode, which has public subnets", () => {
  const auto = (): RegionWorld => eu.world({ nodes: { mode: "auto" } });

  /** EKS makes it when Auto Mode is turned on, from the subnets that the cluster has then. */
  function nodeClassOf(ids: readonly string[]): void {
    eu.kube.store({
      apiVersion: "eks.amazonaws.com/v1",
      kind: "NodeClass",
      metadata: { name: "default" },
      spec: { subnetSelectorTerms: ids.map((id) => ({ id })) },
    });
  }

  function subnetIds(names: RegExp): readonly string[] {
    const found = eu.cloud.things.filter(({ kind, tags }) => kind === "subnet" && names.test(tags["Name"] ?? ""));
    return nonEmpty(found).map(({ id }) => id);
  }

  it("Its nodes' subnets are blocked with the reason, also after those of the cluster have been changed", async () => {
    await eu.bootstrap(auto());
    const all = subnetIds(/-(public|private)-/);
    eu.cloud.clusters.set("acme-eu", { ...cluster(), subnetIds: all });
    nodeClassOf(all);
    const pending = await eu.pending(auto());
    expect(pending["cluster"]).toMatch(/^update subnets: .*public-1/);
    expect(pending["auto-mode-subnets"]).toContain("Auto Mode launches nodes in public-1, public-2, public-3 as well");
    const { exit, findings } = await eu.bootstrap(auto());
    expect(exit).toBe(3);
    expect(findings[0]?.fix).toContain("Set nodes.mode to managed in gennet.yaml");
    expect(cluster().subnetIds).toEqual(subnetIds(/-private-/));
    const { changes } = nonEmpty((await eu.plan(auto())).regions)[0];
    expect(changes.filter(({ action }) => action !== "none")).toMatchObject([
      {
        step: "auto-mode-subnets",
        action: "blocked",
        operations: [{ field: "subnets", after: ["private-1", "private-2", "private-3"] }],
      },
    ]);
  });

  it("Nothing is reported of nodes that are only in private subnets, of which there may be more by now", async () => {
    await eu.bootstrap(auto());
    nodeClassOf(subnetIds(/-private-[12]$/));
    expect(await eu.pending(auto())).toEqual({});
  });
});

describe("a cluster that is not usable", () => {
  it("A cluster that is being deleted is reported as such, and nothing else is read from it", async () => {
    eu.cloud.clusters.set("acme-eu", { ...cluster(), status: "DELETING" });
    const { exit, findings } = await eu.bootstrap(eu.world());
    expect(exit).toBe(3);
    expect(findings.map(({ summary }) => summary)).toEqual(["it is being deleted: run this again when it is gone"]);
  });

  it("A cluster that failed is reported with EKS's own reason", async () => {
    const issues = ["Ec2SubnetNotFound: subnet-1 is gone"];
    eu.cloud.clusters.set("acme-eu", { ...cluster(), status: "FAILED", issues });
    expect((await eu.pending(eu.world()))["cluster"]).toContain("Ec2SubnetNotFound: subnet-1 is gone");
    const { findings } = await eu.bootstrap(eu.world());
    expect(findings[0]?.fix).toBe("aws eks delete-cluster --name acme-eu --region eu-west-1  # then run this again");
  });
});

describe("the node group", () => {
  it("A number of nodes within the limits belongs to the autoscaler", async () => {
    eu.cloud.nodegroups.set("default", { ...group(), scaling: { min: 2, desired: 5, max: 6 } });
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("A number of nodes that new limits exclude is changed to the nearest one that they allow", async () => {
    eu.cloud.nodegroups.set("default", { ...group(), scaling: { min: 2, desired: 6, max: 6 } });
    const world = eu.world({ nodes: { min: 1, desired: 2, max: 4 } });
    expect(await eu.pending(world)).toEqual({ "node-group": "update at least: 2 → 1 | at most: 6 → 4 | nodes: 6 → 4" });
    await eu.bootstrap(world);
    expect(group().scaling).toEqual({ min: 1, desired: 4, max: 4 });
  });

  it("Labels, taints and repair are changed without a replacement of nodes, and what is too much is removed", async () => {
    const labels = { team: "core", old: "yes" };
    const taints = [{ key: "gpu", effect: "NoSchedule" }];
    eu.cloud.nodegroups.set("default", { ...group(), labels, taints });
    const world = eu.world({
      nodes: { labels: { team: "shop" }, taints: [{ key: "own", value: "1", effect: "NoExecute" }], repair: false },
    });
    expect(await eu.pending(world)).toEqual({
      "addon-eks-node-monitoring-agent": "delete eks-node-monitoring-agent",
      "node-group":
        "update labels: team=core, old=yes → team=shop | taints: gpu:NoSchedule → own=1:NoExecute | repair: on → off",
    });
    await eu.bootstrap(world);
    expect(group()).toMatchObject({ labels: { team: "shop" }, taints: [{ key: "own" }], repair: false });
    expect(await eu.pending(world)).toEqual({});
  });

  it("A larger disk is a new version of the launch template, and replaces the nodes", async () => {
    const world = eu.world({ nodes: { diskGb: 100 } });
    expect(await eu.pending(world)).toEqual({
      "node-template": "update disk GiB: 50 → 100",
      "node-group": "update launch template version",
    });
    const before = eu.cloud.changes();
    expect(await eu.bootstrap(world)).toMatchObject({ exit: 0, findings: [] });
    expect(eu.cloud.changes() - before).toBe(2);
    expect(group().template?.version).toBe(2);
    expect(await eu.pending(world)).toEqual({});
  });

  it("A larger disk does not upgrade nodes that have an older Kubernetes version than the cluster", async () => {
    eu.cloud.nodegroups.set("default", { ...group(), version: "1.33" });
    await eu.bootstrap(eu.world({ nodes: { diskGb: 100 } }));
    expect(group()).toMatchObject({ template: { version: 2 }, version: "1.33" });
  });

  it("A change of labels does not set the number of nodes, which the autoscaler may have changed since", async () => {
    const asked: unknown[] = [];
    const eks = await eu.cloud.aws.service("eks");
    const counting: typeof eks = {
      ...eks,
      updateNodegroup: async (cluster, name, change, signal) => {
        asked.push(change.scaling);
        await eks.updateNodegroup(cluster, name, change, signal);
      },
    };
    const world = eu.world({ nodes: { labels: { team: "shop" } } });
    const service: typeof world.aws.service = async (name) =>
      name === "eks" ? (counting as never) : eu.cloud.aws.service(name);
    expect(await eu.bootstrap({ ...world, aws: { ...world.aws, service } })).toMatchObject({ exit: 0 });
    expect(asked).toEqual([undefined]);
    expect(group().labels).toEqual({ team: "shop" });
  });

  it("Killed at any change of a larger disk, the next run replaces the nodes once", async () => {
    const world = eu.world({ nodes: { diskGb: 100, max: 9 } });
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < 3; n++) {
        eu = oneRegion();
        await eu.bootstrap(eu.world());
        const own = eu.world({ nodes: world.region.nodes });
        const plan = await eu.plan(own);
        eu.cloud.kill(n, when);
        await expect(eu.bootstrap(own, plan)).rejects.toThrow("killed");
        eu.cloud.restart();
        expect(await eu.bootstrap(own, plan)).toMatchObject({ exit: 0, findings: [] });
        expect(group().template?.version).toBe(2);
        expect(await eu.pending(own)).toEqual({});
      }
    }
  });

  it("A node group that could not be created is created again, and EKS's reason is in the error if it fails again", async () => {
    const issues = ["InstanceLimitExceeded: no vCPUs left"];
    eu.cloud.nodegroups.set("default", { ...group(), status: "CREATE_FAILED", issues });
    expect((await eu.pending(eu.world()))["node-group"]).toContain("status: CREATE_FAILED → ACTIVE");
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(group().status).toBe("ACTIVE");
  });

  it.each([
    ["DEGRADED", 6, /still DEGRADED \(AccessDenied: no role\) after/],
    ["DELETE_FAILED", 3, /^EKS reports DELETE_FAILED: AccessDenied: no role$/],
  ])("A node group that stays %s ends the run with EKS's own reason", async (status, exit, reason) => {
    eu.cloud.nodegroups.set("default", { ...group(), status, issues: ["AccessDenied: no role"] });
    const run = await eu.bootstrap(eu.world());
    expect(run.exit).toBe(exit);
    expect(run.findings[0]?.summary).toMatch(reason);
    expect(run.findings[0]?.fix).toMatch(/^aws eks list-access-entries --cluster-name acme-eu --region eu-west-1 /);
  });

  it("While a node group is created, the run shows why its instances are not launched", async () => {
    const issues = ["AsgInstanceLaunchFailures: Could not launch On-Demand Instances (asg-1)"];
    const waits = nodeGroup.ready({ ...group(), status: "CREATING", issues });
    expect(waits).toMatchObject({ state: "waiting", detail: `CREATING (${issues[0]})` });
    expect("next" in waits && waits.next?.[0]).toMatch(
      /^aws autoscaling describe-scaling-activities --region eu-west-1 .*'eks-default-'/,
    );
  });

  it("An instance type with an Arm processor gets an image for it", async () => {
    eu = oneRegion();
    await eu.bootstrap(eu.world({ nodes: { instanceType: "m7g.large" } }));
    expect(group().imageType).toBe("AL2023_ARM_64_STANDARD");
    expect((await eu.pending(eu.world()))["node-group"]).toMatch(/^blocked its instance type is m7g.large/);
  });
});

describe("add-ons", () => {
  it("An add-on stays in its version, and one that does not fit the control plane is left to an upgrade", async () => {
    eu.cloud.addons.set("coredns", { ...addonOf("coredns"), version: "v1.34.0" });
    expect(await eu.pending(eu.world())).toEqual({});
    eu.cloud.addons.set("coredns", { ...addonOf("coredns"), version: "v1.32.1" });
    const { changes } = nonEmpty((await eu.plan(eu.world())).regions)[0];
    expect(changes.find(({ step }) => step === "kubernetes")).toMatchObject({
      action: "blocked",
      details: ["version: v1.32.1 → v1.34.1"],
      obstacle: { next: ["gennet region upgrade eu"] },
    });
    expect((await eu.bootstrap(eu.world())).exit).toBe(3);
    expect(addonOf("coredns").version).toBe("v1.32.1");
  });

  it("A self-managed add-on stops the run with EKS's conflict, and is only overwritten with --adopt", async () => {
    eu.cloud.addons.delete("kube-proxy");
    eu.cloud.selfManaged.add("kube-proxy");
    const { exit, findings } = await eu.bootstrap(eu.world());
    expect(exit).toBe(3);
    expect(findings[0]).toMatchObject({
      summary: expect.stringContaining("EKS reports CREATE_FAILED: ConfigurationConflict: Conflicts found") as string,
      fix: "gennet region bootstrap --adopt  # overwrites the fields of the self-managed add-on",
    });
    expect((await eu.pending(eu.world()))["addon-kube-proxy"]).toMatch(/^blocked EKS reports CREATE_FAILED/);
    const adopting = { ...eu.world(), adopts: true } as const;
    expect((await eu.pending(adopting))["addon-kube-proxy"]).toMatch(/^adopt .*self-managed kube-proxy/);
    expect(await eu.bootstrap(adopting)).toMatchObject({ exit: 0, findings: [] });
    expect(addonOf("kube-proxy").status).toBe("ACTIVE");
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it("A plan that may adopt names a self-managed add-on before EKS is asked to take it over", async () => {
    eu.cloud.addons.delete("vpc-cni");
    const adopting = { ...eu.world(), adopts: true } as const;
    expect((await eu.pending(adopting))["addon-vpc-cni"]).toMatch(/^create /);
    eu.kube.store({
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "aws-node", namespace: "kube-system" },
    });
    eu.cloud.selfManaged.add("vpc-cni");
    expect((await eu.pending(adopting))["addon-vpc-cni"]).toMatch(/^adopt .*self-managed vpc-cni/);
    expect(await eu.bootstrap(adopting)).toMatchObject({ exit: 0, findings: [] });
  });

  it("An add-on that is created again runs on meanwhile, because nodes need its network", async () => {
    eu.cloud.addons.set("vpc-cni", { ...addonOf("vpc-cni"), status: "CREATE_FAILED" });
    const eks = await eu.cloud.aws.service("eks");
    const released: string[] = [];
    const watching: typeof eks = {
      ...eks,
      deleteAddon: () => Promise.reject(new Error("its pods would be deleted")),
      releaseAddon: async (cluster, name, signal) => {
        released.push(name);
        await eks.releaseAddon(cluster, name, signal);
      },
    };
    const world = eu.world();
    const service: typeof world.aws.service = async (name) =>
      name === "eks" ? (watching as never) : eu.cloud.aws.service(name);
    expect(await eu.bootstrap({ ...world, aws: { ...world.aws, service } })).toMatchObject({ exit: 0, findings: [] });
    expect(released).toEqual(["vpc-cni"]);
  });

  it("Nodes that EKS repairs are watched by the monitoring agent, which comes after them and goes with the repair", async () => {
    const agent = "eks-node-monitoring-agent";
    expect(addonOf(agent)).toMatchObject({ status: "ACTIVE", version: "v1.34.1" });
    const unrepaired = eu.world({ nodes: { repair: false } });
    expect(await eu.pending(unrepaired)).toEqual({
      [`addon-${agent}`]: `delete ${agent}`,
      "node-group": "update repair: on → off",
    });
    expect(await eu.bootstrap(unrepaired)).toMatchObject({ exit: 0, findings: [] });
    expect(eu.cloud.addons.has(agent)).toBe(false);
    expect(await eu.pending(unrepaired)).toEqual({});
    const { regions } = await eu.bootstrap(eu.world());
    const changed = regions.flatMap(({ steps }) => steps.filter(({ outcome }) => outcome === "changed"));
    expect(changed.map(({ step }) => step)).toEqual(["node-group", `addon-${agent}`]);
  });

  it("A configuration with the same values is the same, in any order, as JSON or YAML", async () => {
    for (const configuration of ['{ "enableNetworkPolicy" : "true" }', 'enableNetworkPolicy: "true"\n']) {
      eu.cloud.addons.set("vpc-cni", { ...addonOf("vpc-cni"), configuration });
      expect(await eu.pending(eu.world())).toEqual({});
    }
    eu.cloud.addons.set("vpc-cni", { ...addonOf("vpc-cni"), configuration: "enableNetworkPolicy: false" });
    expect(await eu.pending(eu.world())).toEqual({
      "addon-vpc-cni": 'update configuration: {"enableNetworkPolicy":false} → {"enableNetworkPolicy":"true"}',
    });
  });

  it("The configuration of an add-on is compared", async () => {
    const configuration = '{"replicaCount":9}';
    eu.cloud.addons.set("coredns", { ...addonOf("coredns"), configuration });
    expect(await eu.pending(eu.world())).toEqual({
      "addon-coredns": 'update configuration: {"replicaCount":9} → defaults',
    });
    await eu.bootstrap(eu.world());
    expect(addonOf("coredns").configuration).toBe("{}");
    expect(await eu.pending(eu.world())).toEqual({});
  });

  it.each(["CREATE_FAILED", "DELETE_FAILED"])("An add-on that is %s is created again", async (status) => {
    eu.cloud.addons.set("vpc-cni", { ...addonOf("vpc-cni"), status, issues: ["InternalFailure: oops"] });
    expect(await eu.pending(eu.world())).toEqual({ "addon-vpc-cni": `replace status: ${status} → ACTIVE` });
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(addonOf("vpc-cni")).toMatchObject({ status: "ACTIVE", issues: [] });
  });

  it("Killed while an add-on is created again, the next run continues", async () => {
    for (const when of ["before", "after"] as const) {
      for (let n = 0; n < 2; n++) {
        eu.cloud.addons.set("vpc-cni", { ...addonOf("vpc-cni"), status: "CREATE_FAILED" });
        const plan = await eu.plan(eu.world());
        eu.cloud.kill(n, when);
        await expect(eu.bootstrap(eu.world(), plan)).rejects.toThrow("killed");
        eu.cloud.restart();
        expect(await eu.bootstrap(eu.world(), plan)).toMatchObject({ exit: 0, findings: [] });
        expect(addonOf("vpc-cni").status).toBe("ACTIVE");
      }
    }
  });

  it("An update of an add-on that failed is made again", async () => {
    eu.cloud.addons.set("coredns", { ...addonOf("coredns"), status: "UPDATE_FAILED" });
    expect(await eu.bootstrap(eu.world())).toMatchObject({ exit: 0, findings: [] });
    expect(addonOf("coredns").status).toBe("ACTIVE");
  });

  it("An add-on that stays degraded ends the run with EKS's own reason, instead of waiting without end", async () => {
    const issues = ["InsufficientNumberOfReplicas: 0 of 2 run"];
    eu.cloud.addons.set("coredns", { ...addonOf("coredns"), status: "DEGRADED", issues });
    expect(await eu.pending(eu.world())).toEqual({ "addon-coredns": "wait wait until it is ready" });
    const { exit, findings } = await eu.bootstrap(eu.world());
    expect(exit).toBe(6);
    expect(findings[0]?.summary).toContain("DEGRADED (InsufficientNumberOfReplicas: 0 of 2 run)");
  });
});

describe("the removal of a cluster", () => {
  it("A cluster is deleted after its protection is lifted and its capabilities are gone", async () => {
    eu.cloud.capabilities.set("argocd", {
      name: "argocd",
      arn: "arn:aws:eks:eu-west-1:111122223333:capability/acme-eu/argocd/1",
      status: "ACTIVE",
      issues: [],
      roleArn: "arn:aws:iam::111122223333:role/argocd",
      namespace: "argocd",
      identityCenter: "arn:aws:sso:::instance/ssoins-1",
      mappings: [],
      tags: {},
    });
    await removed(nodeGroup, eu.world());
    const { done } = await removed(eksCluster, eu.world());
    expect(done).toBe("deletion protection and 2 more");
    expect([eu.cloud.clusters.size, eu.cloud.capabilities.size]).toEqual([0, 0]);
    expect(await removed(eksCluster, eu.world())).toMatchObject({ done: "nothing to do" });
  });

  it("The log group that EKS made is named, because AWS keeps it", async () => {
    const name = "/aws/eks/acme-eu/cluster";
    eu.cloud.logGroups.set(name, { name, arn: `arn:aws:logs:eu-west-1:111122223333:log-group:${name}`, tags: {} });
    await removed(nodeGroup, eu.world());
    const { keeps } = await removed(eksCluster, eu.world());
    expect(keeps).toEqual([`log group ${name} of the control plane`]);
  });

  it("An add-on is removed from a cluster for whose version EKS offers none any more", async () => {
    const world = eu.world();
    const eks = await eu.cloud.aws.service("eks");
    const old: typeof eks = {
      ...eks,
      addonVersions: async () => Promise.reject(new AppError("AWS_REJECTED", "EKS offers no version")),
    };
    const service: typeof world.aws.service = async (name) =>
      name === "eks" ? (old as never) : eu.cloud.aws.service(name);
    const aged = { ...world, aws: { ...world.aws, service } };
    expect(await removed(coredns, aged, { cluster: cluster() })).toMatchObject({ done: "coredns" });
  });

  it("A node group, an add-on, an association and a launch template are deleted", async () => {
    const outputs = { cluster: cluster() };
    await removed(coredns, eu.world(), outputs);
    await removed(networkIdentity, eu.world(), outputs);
    await removed(nodeGroup, eu.world());
    await removed(nodeTemplate, eu.world());
    expect(eu.cloud.nodegroups.size).toBe(0);
    expect(eu.cloud.addons.has("coredns")).toBe(false);
    expect(eu.cloud.identities.has("kube-system/aws-node")).toBe(false);
    expect(eu.cloud.things.some(({ kind }) => kind === "launch-template")).toBe(false);
  });

  it("A node group that EKS cannot delete is reported with EKS's own reason", async () => {
    const issues = ["Ec2SecurityGroupDeletionFailure: sg-1 is in use"];
    eu.cloud.nodegroups.set("default", { ...group(), status: "DELETE_FAILED", issues });
    const gone = nodeGroup.removal?.gone(group());
    expect(gone).toMatchObject({ state: "failed", reason: `EKS reports DELETE_FAILED: ${issues[0]}` });
  });
});

describe("a zone in which EKS makes no control plane", () => {
  it("A refused zone is reported with the ids of the zones that EKS offers, and a bootstrap in these works", async () => {
    eu = oneRegion();
    const zones = await (await eu.cloud.aws.service("ec2")).zones(signal);
    const [refused, ...others] = zones;
    const offered = others.slice(0, 2);
    const eks = await eu.cloud.aws.service("eks");
    const refusing: typeof eks = {
      ...eks,
      createCluster: async (cluster, ...rest) => {
        const asked = eu.cloud.things.filter(({ id }) => cluster.subnetIds.includes(id));
        if (asked.every(({ facts }) => facts["zone"] !== refused?.id)) return eks.createCluster(cluster, ...rest);
        throw new UnsupportedZones(
          `no capacity in ${refused?.name}`,
          offered.map(({ name }) => name),
        );
      },
    };
    const service = async (name: string) => (name === "eks" ? refusing : eu.cloud.aws.service(name as "ec2"));
    const worldOf = (network: RegionInput["network"]): RegionWorld => {
      const world = eu.world({ network });
      return { ...world, aws: { ...world.aws, service: service as typeof world.aws.service } };
    };
    const stopped = await eu.bootstrap(worldOf({ zones: zones.map(({ id }) => id) }));
    const ids = offered.map(({ id }) => id);
    expect(stopped.exit).toBe(3);
    expect(stopped.findings.find(({ subject }) => subject === "EKS cluster (cluster)")).toMatchObject({
      summary: `no capacity in ${refused?.name}`,
      fix: `Set network.zones to zones that EKS offers: ${ids.join(", ")}.`,
    });
    // The NAT gateway is in the refused zone.
    expect((await eu.bootstrap(worldOf({ zones: ids }))).findings).toMatchObject([
      { id: "region/blocked", subject: "Subnets of former zones (former-subnets)" },
    ]);
    expect(cluster().status).toBe("ACTIVE");
    expect(await eu.bootstrap(worldOf({ zones: ids, nat: "regional" }))).toMatchObject({ exit: 0, findings: [] });
    expect(new Set(eu.cloud.things.flatMap(({ kind, facts }) => (kind === "subnet" ? [facts["zone"]] : [])))).toEqual(
      new Set(ids),
    );
  });
});
