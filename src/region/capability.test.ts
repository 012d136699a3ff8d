import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { type RegionTrial, regionTrial } from "../../test/support/region-trial.ts";
import type { ArgoCdCapability } from "../aws/eks/port.ts";
import { exit } from "../core/exit.ts";
import { compareRegions, type RegionChange } from "./region-plan.ts";

const [anna, admins, guests] = [
  "686103e0-f051-7068-b225-e6392b959d9e",
  "686103e0-f051-7068-b225-e6392b959d9f",
  "9067f4b3c2-686103e0-f051-7068-b225-e6392b959da0",
];
const identityCenter = "arn:aws:sso:::instance/ssoins-1";
const components = { mirror: "https://git.example/mirror.git", tracing: { endpoint: "https://otlp.acme.example" } };
const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/acme-eu";
const repository = "https://git.example/platform.git";

type Keys = Parameters<Parameters<RegionTrial["edit"]>[0]>[0];
type CapabilityInput = NonNullable<NonNullable<Keys["gitops"]>["capability"]>;

function capabilityTrial(more: Partial<CapabilityInput> = {}): RegionTrial {
  const trial = regionTrial();
  trial.edit((keys) => ({ ...keys, platform: components }));
  give(trial, { roles: { admin: { groups: [admins], users: [anna] } }, ...more });
  return trial;
}

function give(trial: RegionTrial, more: Partial<CapabilityInput>): void {
  const gitops = { repository, argocd: "capability", capability: { identityCenter, ...more } } as const;
  trial.edit((keys) => ({ ...keys, gitops }));
}

function siteOf({ sites }: RegionTrial): RegionTrial["sites"][number] {
  return sites[0] as RegionTrial["sites"][number];
}

function capabilityOf(trial: RegionTrial): ArgoCdCapability {
  const [found] = siteOf(trial).cloud.capabilities.values();
  if (found === undefined) throw new Error("there is no capability");
  return found;
}

async function planned(trial: RegionTrial, step: string): Promise<RegionChange | undefined> {
  const plan = await compareRegions([siteOf(trial).world()], new AbortController().signal);
  return plan.regions[0]?.changes.find((change) => change.step === step);
}

function filesOf(trial: RegionTrial): ReadonlyMap<string, string> {
  return trial.repository.history().at(-1)?.files ?? new Map();
}

describe("Argo CD that EKS runs", () => {
  it("A bootstrap of nothing makes it, with its role and its access to the cluster, and it syncs the platform", async () => {
    const trial = capabilityTrial();
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    expect(capabilityOf(trial)).toMatchObject({
      name: "argocd",
      namespace: "argocd",
      identityCenter,
      roleArn: expect.stringMatching(/acme-eu-argocd-capability$/),
      mappings: [
        {
          role: "ADMIN",
          identities: [
            { id: admins, type: "SSO_GROUP" },
            { id: anna, type: "SSO_USER" },
          ],
        },
      ],
    });
    const { entries } = siteOf(trial).cloud;
    expect(entries.get(capabilityOf(trial).roleArn)?.clusterPolicies).toEqual([
      "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    ]);
    expect(await trial.pending()).toBe(0);
  });

  it("There are no pods of it in the cluster, and each Application names the cluster by its ARN, in one project", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    const { objects } = siteOf(trial).kube;
    expect([...objects.keys()].filter((key) => key.startsWith("StatefulSet argocd/"))).toEqual([]);
    const applications = [...filesOf(trial)].filter(([, text]) => /^kind: Application$/m.test(text));
    for (const [path, text] of nonEmpty(applications)) {
      const { spec } = parse(text) as { readonly spec: { project: string; destination: { server: string } } };
      expect([path, spec.project, spec.destination.server]).toEqual([path, "acme", arn]);
    }
    const [project, ...others] = [...filesOf(trial).values()].filter((text) => text.includes("kind: AppProject"));
    expect(others).toEqual([]);
    expect(parse(project ?? "")).toMatchObject({
      metadata: { name: "acme" },
      spec: { sourceNamespaces: ["argocd"], destinations: [{ server: arn, namespace: "*" }] },
    });
    const { data } = objects.get("Secret argocd/in-cluster") as unknown as { data: Record<string, string> };
    expect(Buffer.from(data["server"] ?? "", "base64").toString()).toBe(arn);
  });

  it("Members of its roles that were added and removed by hand are shown and put right", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    const own = capabilityOf(trial);
    const mappings = [
      { role: "ADMIN", identities: [{ id: anna, type: "SSO_USER" }] },
      { role: "VIEWER", identities: [{ id: guests, type: "SSO_GROUP" }] },
    ] as const;
    siteOf(trial).cloud.capabilities.set(own.name, { ...own, mappings });
    expect((await planned(trial, "argocd-capability"))?.operations).toEqual([
      {
        verb: "update",
        target: "argocd",
        field: "admins",
        before: [`user ${anna}`],
        after: [`group ${admins}`, `user ${anna}`],
      },
      { verb: "update", target: "argocd", field: "viewers", before: [`group ${guests}`], after: [] },
    ]);
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    expect(capabilityOf(trial).mappings).toEqual(own.mappings);
  });

  it("Another role of it is put right, and the rights of its access entry are given back", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    const own = capabilityOf(trial);
    const { capabilities, entries, roles } = siteOf(trial).cloud;
    const other = roles.get("acme-eu-argocd-capability");
    if (other === undefined) throw new Error("there is no role of the capability");
    capabilities.set(own.name, { ...own, roleArn: "arn:aws:iam::111122223333:role/other" });
    entries.set(own.roleArn, { principalArn: own.roleArn, clusterPolicies: [], tags: {} });
    expect(await trial.pending()).toBe(2);
    await trial.bootstrap();
    expect(capabilityOf(trial).roleArn).toBe(own.roleArn);
    expect(await trial.pending()).toBe(0);
  });

  it("Another instance of IAM Identity Center is blocked, because EKS keeps it", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    give(trial, { identityCenter: "arn:aws:sso:::instance/ssoins-2" });
    const change = await planned(trial, "argocd-capability");
    expect(change?.action).toBe("blocked");
    expect(change?.obstacle?.reason).toContain(`its identity center is ${identityCenter}`);
  });

  it("Its role may use the connections and secrets of gennet.yaml, and nothing else", async () => {
    const connection = "arn:aws:codeconnections:eu-west-1:111122223333:connection/1";
    const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:git-abcdef";
    const trial = capabilityTrial({ connections: [connection], secrets: [secret] });
    await trial.bootstrap();
    const { inline, policies } = siteOf(trial).cloud.roles.get("acme-eu-argocd-capability") ?? {};
    const statements = Object.values(inline ?? {}).flatMap(({ Statement }) => Statement);
    expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["codeconnections:UseConnection"], [connection]],
      [["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], [secret]],
    ]);
    expect(policies).toEqual([]);
  });

  it("It waits until an Argo CD in the cluster has been stopped, and names the command", async () => {
    const trial = regionTrial();
    trial.edit((keys) => ({ ...keys, platform: components }));
    await trial.bootstrap();
    give(trial, {});
    const change = await planned(trial, "argocd-capability");
    expect(change?.obstacle).toMatchObject({
      kind: "blocked",
      reason: "Argo CD runs in the cluster: argocd/argocd-application-controller",
      next: [expect.stringContaining("kubectl -n argocd scale statefulset,deployment")],
    });
  });

  it("One that others made is left alone", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    const own = capabilityOf(trial);
    siteOf(trial).cloud.capabilities.set(own.name, { ...own, tags: { owner: "another-team" } });
    expect(await trial.bootstrap()).toMatchObject({ codes: ["REGION_NOT_MANAGED"] });
  });

  it("One whose creation failed is made again", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    const own = capabilityOf(trial);
    const issues = ["AccessDenied: the role cannot be assumed"];
    siteOf(trial).cloud.capabilities.set(own.name, { ...own, status: "CREATE_FAILED", issues });
    expect((await planned(trial, "argocd-capability"))?.operations[0]).toMatchObject({ verb: "replace" });
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok });
    expect(capabilityOf(trial)).toMatchObject({ status: "ACTIVE", issues: [] });
  });

  it("A destruction deletes it before the Services with load balancers, which it would create again", async () => {
    const trial = capabilityTrial();
    await trial.bootstrap();
    const metadata = { name: "public", namespace: "acme" };
    siteOf(trial).kube.store({ apiVersion: "v1", kind: "Service", metadata, spec: { type: "LoadBalancer" } });
    const { calls, exit: code } = await trial.destroy();
    expect(code).toBe(exit.ok);
    const names = calls.map(({ name }) => name);
    const deleted = names.indexOf("eks deleteCapability");
    expect(deleted).toBeGreaterThan(-1);
    expect(names.indexOf("kubernetes delete")).toBeGreaterThan(deleted);
    expect(await trial.left()).toBe(0);
  });
});
