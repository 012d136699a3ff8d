import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { componentWorld } from "../../test/support/platform-of-components.ts";
import { type RegionTrial, regionTrial } from "../../test/support/region-trial.ts";
import type { PolicyStatement } from "../core/iam-policy.ts";
import { exit } from "../core/exit.ts";
import { autoscalerAccount, loadBalancerAccount } from "./components/managed-nodes.ts";
import { platformTree } from "./components/platform-tree.ts";

const mirror = "https://git.example/mirror.git";
const names = ["load-balancer-controller", "cluster-autoscaler"];
const accounts = [loadBalancerAccount, autoscalerAccount];

async function bootstrapped(): Promise<RegionTrial> {
  const trial = regionTrial();
  trial.edit((keys) => ({ ...keys, platform: { mirror, tracing: { endpoint: "https://otlp.acme.example" } } }));
  expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
  return trial;
}

function cloudOf(trial: RegionTrial): RegionTrial["sites"][number]["cloud"] {
  return (trial.sites[0] as RegionTrial["sites"][number]).cloud;
}

function roleNamesIn(trial: RegionTrial): readonly string[] {
  return names.filter((name) => cloudOf(trial).roles.has(`acme-eu-${name}`));
}

function statementsIn(trial: RegionTrial, role: string): readonly PolicyStatement[] {
  const inline = Object.values(cloudOf(trial).roles.get(`acme-eu-${role}`)?.inline ?? {});
  return nonEmpty(inline).flatMap(({ Statement }) => [Statement].flat());
}

/** Returns the statements that allow a change of something. */
function changing(statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
  const reads = /:(Describe|Get|List)/;
  return nonEmpty(statements.filter(({ Action }) => [Action].flat().some((action) => !reads.test(String(action)))));
}

describe("roles of the controllers for managed nodes", () => {
  it("Their service accounts have them, and a region that turns to Auto Mode loses them", async () => {
    const trial = await bootstrapped();
    expect(roleNamesIn(trial)).toEqual(names);
    const given = accounts.map(
      ({ namespace, serviceAccount }) => cloudOf(trial).identities.get(`${namespace}/${serviceAccount}`)?.roleArn,
    );
    expect(given).toEqual(names.map((name) => expect.stringMatching(new RegExp(`role/.*acme-eu-${name}$`))));
    trial.edit((keys) => ({
      ...keys,
      regions: keys.regions.map((region) => ({ ...region, nodes: { mode: "auto" } })),
    }));
    await trial.bootstrap();
    expect(roleNamesIn(trial)).toEqual([]);
    expect(await trial.pending()).toBe(0);
  });

  it("Without a platform there is neither a role nor an association", async () => {
    const trial = regionTrial();
    await trial.bootstrap();
    expect(roleNamesIn(trial)).toEqual([]);
    expect([...cloudOf(trial).identities.keys()]).not.toContain("kube-system/cluster-autoscaler");
  });

  it("The associations are for the service accounts that the charts create", () => {
    const text = [...platformTree(componentWorld())]
      .filter(([path]) => names.some((name) => path === `applications/${name}.yaml`))
      .map(([, file]) => file)
      .join("\n");
    for (const { namespace, serviceAccount } of accounts) {
      expect(text).toMatch(new RegExp(`serviceAccount:\\n +name: ${serviceAccount}\\n`));
      expect(text).toContain(`namespace: ${namespace}\n`);
    }
  });

  it("The autoscaler changes only Auto Scaling groups that EKS has tagged for this cluster", async () => {
    const statements = statementsIn(await bootstrapped(), "cluster-autoscaler");
    expect(changing(statements)).toEqual([
      {
        Effect: "Allow",
        Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
        Resource: "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:*:autoScalingGroupName/*",
        Condition: {
          StringEquals: {
            "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
            "aws:ResourceTag/k8s.io/cluster-autoscaler/acme-eu": "owned",
          },
        },
      },
    ]);
  });

  it("The load balancer controller deletes and resizes only what has the tag of this cluster, in this region", async () => {
    const statements = changing(statementsIn(await bootstrapped(), "load-balancer-controller"));
    const about = (action: string): readonly PolicyStatement[] =>
      nonEmpty(statements.filter(({ Action }) => [Action].flat().includes(action)));
    for (const action of ["DeleteLoadBalancer", "DeleteTargetGroup", "SetSecurityGroups"]) {
      expect(about(`elasticloadbalancing:${action}`).map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
        [
          ["arn:aws:elasticloadbalancing:eu-west-1:111122223333:*"],
          { StringEquals: { "aws:ResourceTag/elbv2.k8s.aws/cluster": "acme-eu" } },
        ],
      ]);
    }
    const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes("*"));
    // The features of AWS that annotations name have resources of teams.
    expect(everywhere.flatMap(({ Action }) => Action).filter((action) => /^(ec2|elasticload)/.test(action))).toEqual(
      [],
    );
  });

  it("A policy that was widened by hand is planned back", async () => {
    const trial = await bootstrapped();
    const { roles } = cloudOf(trial);
    const role = roles.get("acme-eu-cluster-autoscaler");
    if (role === undefined) throw new Error("there is no role of the autoscaler");
    roles.set(role.name, { ...role, policies: ["arn:aws:iam::aws:policy/AdministratorAccess"] });
    expect(await trial.pending()).toBe(1);
    await trial.bootstrap();
    expect(roles.get(role.name)?.policies).toEqual([]);
  });
});
