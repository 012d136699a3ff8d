import { describe, expect, it } from "vitest";
import { askOne, nothingInstalled } from "../../../test/support/health-trial.ts";
import { mustBeUsed } from "../../../test/support/must-be-used.ts";
import type { EksCluster, Nodegroup } from "../../aws/eks/port.ts";
import { AppError } from "../../core/error.ts";
import { clusterEks } from "./cluster-eks.ts";
import { clusterNodeGroups } from "./cluster-node-groups.ts";

const cluster: EksCluster = {
  name: "shop",
  arn: "arn:aws:eks:eu-west-1:111122223333:cluster/shop",
  status: "ACTIVE",
  version: "1.34",
  roleArn: "",
  vpcId: "",
  subnetIds: [],
  publicAccess: true,
  privateAccess: true,
  publicCidrs: ["0.0.0.0/0"],
  supportType: "EXTENDED",
  deletionProtection: true,
  zonalShift: true,
  authenticationMode: "API",
  logging: [],
  tags: {},
  issues: [],
};
const group: Nodegroup = {
  arn: "arn:aws:eks:eu-west-1:111122223333:nodegroup/acme-eu/default",
  name: "main",
  status: "ACTIVE",
  roleArn: "",
  instanceTypes: ["m7i.large"],
  imageType: "AL2023_x86_64_STANDARD",
  labels: {},
  taints: [],
  repair: true,
  tags: {},
  scaling: { min: 1, desired: 1, max: 1 },
  subnetIds: [],
  issues: [],
};

function eks(answers: {
  readonly cluster?: EksCluster | undefined;
  readonly nodegroups?: readonly Nodegroup[] | Error;
}) {
  const { nodegroups = [] } = answers;
  const asked = new Set<string>();
  mustBeUsed("answers of EKS", () => Object.keys(answers).filter((key) => !asked.has(key)));
  return {
    name: "shop",
    region: "eu",
    installed: nothingInstalled,
    door: async () => ({
      cluster: async () => {
        asked.add("cluster");
        return answers.cluster;
      },
      nodegroups: async () => {
        asked.add("nodegroups");
        if (nodegroups instanceof Error) throw nodegroups;
        return nodegroups;
      },
    }),
  };
}

describe("cluster/eks", () => {
  it.each([
    ["ACTIVE", "ok"],
    ["UPDATING", "warn"],
    ["CREATING", "fail"],
    ["FAILED", "fail"],
    ["DELETING", "fail"],
  ] as const)("%s is %s", async (status, severity) => {
    const { findings } = await askOne(clusterEks, { eks: eks({ cluster: { ...cluster, status } }) });
    expect(findings).toMatchObject([{ severity, subject: "EKS cluster shop", summary: `${status}, version 1.34` }]);
  });

  it("cluster/eks fails if the cluster does not exist, or if EKS reports an issue", async () => {
    expect((await askOne(clusterEks, { eks: eks({}) })).findings).toMatchObject([
      { severity: "fail", summary: "does not exist" },
    ]);
    const ill = { ...cluster, issues: ["SubnetNotFound: subnet-1 is gone"] };
    expect((await askOne(clusterEks, { eks: eks({ cluster: ill }) })).findings).toMatchObject([
      { severity: "fail", summary: "SubnetNotFound: subnet-1 is gone" },
    ]);
  });

  it("cluster/eks fails if the kubeconfig context of the region is of another cluster", async () => {
    const next = ["Remove context of region eu from gennet.yaml.", "aws eks update-kubeconfig --name shop"];
    const other = new AppError("KUBE_CONTEXT_MISMATCH", 'the context "eu" is of another cluster', { next });
    const compared = (found: AppError | undefined) =>
      askOne(clusterEks, { eks: { ...eks({ cluster }), mismatch: async () => found } });
    expect((await compared(other)).findings).toMatchObject([
      { severity: "fail", summary: other.message, fix: next[1] },
    ]);
    expect((await compared(undefined)).findings).toMatchObject([{ severity: "ok" }]);
  });

  it("cluster/eks is skipped for a kubeconfig context", async () => {
    expect((await askOne(clusterEks, {})).findings).toMatchObject([{ severity: "skip" }]);
    expect((await askOne(clusterNodeGroups, {})).findings).toMatchObject([{ severity: "skip" }]);
  });
});

describe("cluster/node-groups", () => {
  it("Active node groups are one finding", async () => {
    const nodegroups = [group, { ...group, name: "gpu" }];
    expect((await askOne(clusterNodeGroups, { eks: eks({ nodegroups }) })).findings).toMatchObject([
      { severity: "ok", subject: "2 node groups", summary: "ACTIVE" },
    ]);
  });

  it("An issue of a node group is reported with EKS's message", async () => {
    const issues = ["AsgInstanceLaunchFailures: no capacity"];
    const nodegroups = [
      { ...group, issues },
      { ...group, name: "gpu", status: "DEGRADED", issues },
      { ...group, name: "new", status: "CREATING" },
    ];
    const { findings } = await askOne(clusterNodeGroups, { eks: eks({ nodegroups }) });
    expect(findings.map(({ severity, subject, summary }) => [severity, subject, summary])).toEqual([
      ["fail", "node group main", issues[0]],
      ["fail", "node group gpu", issues[0]],
      ["fail", "node group gpu", "DEGRADED"],
      ["warn", "node group new", "CREATING"],
    ]);
  });

  it("Node groups are unknown if AWS denies access", async () => {
    const nodegroups = new AppError("AWS_DENIED", "not allowed to do EKS ListNodegroups");
    const { findings } = await askOne(clusterNodeGroups, { eks: eks({ nodegroups }) });
    expect(findings).toMatchObject([{ severity: "unknown", obstacle: "denied" }]);
  });
});
