import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Ended } from "../../../test/support/cli.ts";
import { lintFiles, told } from "../../../test/support/lint-files.ts";
import { ordersInGit } from "../../../test/support/orders-in-git.ts";
import { platformSchema, type Region } from "../../platform/schema.ts";
import { platformTree } from "../../region/components/platform-tree.ts";

const eks = ', argocd: capability, capability: {identityCenter: "arn:aws:sso:::instance/ssoins-1"}';
const textOf = (more: string): string => `name: acme
domain: acme.example
gitops: {repository: "https://git.acme.example/all.git"${more}}
platform: {tracing: {endpoint: "https://otlp.acme.example"}}
regions:
  - {name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}
  - {name: us, awsRegion: us-east-1, accountId: "111122223333", cluster: acme-us}
`;
const arns = {
  eu: "arn:aws:eks:eu-west-1:111122223333:cluster/acme-eu",
  us: "arn:aws:eks:us-east-1:111122223333:cluster/acme-us",
};
const own = ["deploy/applications/eu.yaml", "deploy/applications/us.yaml"];
const records = [".gennet/answers.yaml", ".gennet/base.json"];

const { place, callIn, git, commit: commitChanges, read } = ordersInGit({ "gennet.yaml": textOf("") });
const commit = (): Promise<void> => commitChanges("--allow-empty");
const call = (...argv: string[]): Promise<Ended> => callIn(".", ...argv);
const choose = async (text: string): Promise<void> => {
  await writeFile(join(place().folder, "gennet.yaml"), text);
  await commit();
};
const changed = async (): Promise<readonly string[]> =>
  (await git("diff", "--name-only", "--relative=orders", "HEAD")).split("\n").filter((line) => line !== "");

describe("a service whose platform lets EKS run Argo CD", () => {
  it("Until then, it is up to date, and its answers have nothing about clusters", async () => {
    expect(await call("service", "check", "orders")).toMatchObject({ exit: 0 });
    expect(await call("service", "update", "orders")).toMatchObject({ exit: 0 });
    expect(await changed()).toEqual([]);
    expect(await read(records[0] ?? "")).not.toContain("destinations");
  });

  it("A check shows the new clusters, and an update changes its Applications and nothing else", async () => {
    await choose(textOf(eks));
    const { exit, stdout } = await call("service", "check", "orders");
    expect([exit, stdout]).toEqual([8, expect.stringContaining(`destinations: none → ${JSON.stringify(arns)}`)]);
    expect(await call("service", "update", "orders", "--dry-run")).toMatchObject({ exit: 8 });
    expect(await changed()).toEqual([]);
    expect(await call("service", "update", "orders")).toMatchObject({ exit: 0 });
    expect(await changed()).toEqual([...records, ...own]);
    for (const [region, server] of Object.entries(arns)) {
      const { spec } = parse(await read(`deploy/applications/${region}.yaml`)) as { readonly spec: object };
      expect(spec).toMatchObject({ project: "acme", destination: { server, namespace: "orders" } });
    }
    await commit();
    expect(await call("service", "check", "orders")).toMatchObject({ exit: 0 });
    expect(await call("service", "add", "caller", "web", "--dir", "orders")).toMatchObject({ exit: 0 });
    expect(await read(own[0] ?? "")).toContain(`server: ${arns.eu}\n`);
  });

  it("It is as it was before when Argo CD runs in the clusters again", async () => {
    await choose(textOf(eks));
    await call("service", "update", "--all", ".");
    await commit();
    await choose(textOf(""));
    expect(await call("service", "update", "--all", ".")).toMatchObject({ exit: 0 });
    await commit();
    // base.json has the same answers, in the order of the schema.
    expect(await git("diff", "HEAD~3", "--", "orders", `:!orders/${records[1]}`)).toBe("");
    expect(await call("service", "check", "orders")).toMatchObject({ exit: 0 });
  });

  it("An ARN that its owners have written already is no conflict, and their other edits stay", async () => {
    for (const [region, arn] of Object.entries(arns)) {
      const path = join(place().folder, "orders/deploy/applications", `${region}.yaml`);
      const text = (await readFile(path, "utf8")).replace("limit: 5", "limit: 9");
      await writeFile(path, region === "eu" ? text.replace("https://kubernetes.default.svc", arn) : text);
    }
    await choose(textOf(eks));
    expect(await call("service", "update", "orders")).toMatchObject({ exit: 0 });
    expect(await changed()).toEqual([...records, own[1]]);
    for (const path of own) expect(await read(path)).toMatch(/server: arn:[\s\S]*limit: 9/);
  });

  it("Without its gennet.yaml it keeps what it has, and with an invalid one nothing is updated", async () => {
    await choose(textOf(eks));
    await call("service", "update", "orders");
    await commit();
    await git("rm", "--quiet", "gennet.yaml");
    await commit();
    expect(await call("service", "check", "orders")).toMatchObject({ exit: 0 });
    expect(await call("service", "check", "orders", "--config", "missing.yaml")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("CONFIG_NOT_FOUND"),
    });
    await choose(textOf(", argocd: eks"));
    expect(await call("service", "update", "orders")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("gennet.yaml:3:"),
    });
    expect(await changed()).toEqual([]);
  });

  it.each([
    ["managed", textOf("")],
    ["capability", textOf(eks)],
  ])("A new service fits into the projects that a bootstrap commits, with argocd: %s", async (_argocd, text) => {
    await choose(text);
    await call("new", "service", "payments", "--domain", "shop", "--owner", "team-shop");
    const platform = platformSchema.parse(parse(text));
    const [region] = platform.regions as [Region, ...Region[]];
    const path = "payments/deploy/applications/eu.yaml";
    const application = await readFile(join(place().folder, path), "utf8");
    const files = Object.fromEntries(platformTree({ platform, region }));
    const linted = (content: string): readonly string[] =>
      told(lintFiles({ ...files, [path]: content }, { only: ["gitops"] }));
    expect(linted(application)).toEqual([]);
    expect(linted(application.replace(/server: .*/, "server: https://10.0.0.1"))).toEqual([
      `${path}:17 fail gitops/project: https://10.0.0.1, namespace payments is not allowed by its project acme`,
    ]);
  });
});
