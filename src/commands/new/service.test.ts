import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { callGennet } from "../../../test/support/cli.ts";

const platform = `name: acme
domain: acme.example
regions:
  - {name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}
  - {name: us, awsRegion: us-east-1, accountId: "111122223333", cluster: acme-us}
`;
const given = ["new", "service", "orders", "--domain", "shop", "--owner", "team-shop"];

describe("gennet new service", () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "gennet-new-"));
  });

  afterEach(async () => {
    await rm(cwd, { recursive: true });
  });

  const answers = async (folder = "orders"): Promise<unknown> =>
    parse(await readFile(join(cwd, folder, ".gennet", "answers.yaml"), "utf8"));

  it("gennet new service writes a service from flags alone, and shows the next steps", async () => {
    const { exit, stdout } = await callGennet(given, { cwd });
    expect(exit).toBe(0);
    expect(stdout).toContain("cd orders && uv run pytest");
    expect(await readdir(cwd)).toEqual(["orders"]);
    expect(await answers()).toMatchObject({
      template: "fastapi-service",
      answers: { name: "orders", domain: "shop", owner: "team-shop", regions: [] },
    });
  });

  it("gennet new service records what the service calls and what may call it", async () => {
    const flags = ["--depends-on", "payments,stock", "--called-by", "web", "--called-by", "jobs"];
    expect(await callGennet([...given, ...flags], { cwd })).toMatchObject({ exit: 0 });
    expect(await answers()).toMatchObject({
      answers: { name: "orders", depends_on: ["payments", "stock"], called_by: ["web", "jobs"] },
    });
    const catalog: unknown = parse(await readFile(join(cwd, "orders", "catalog-info.yaml"), "utf8"));
    expect(catalog).toMatchObject({ spec: { dependsOn: ["component:payments", "component:stock"] } });
  });

  it("gennet new service returns one document that lists the written files", async () => {
    const { stdout } = await callGennet([...given, "-o", "json"], { cwd });
    const document = JSON.parse(stdout) as { files: string[]; [key: string]: unknown };
    expect(document).toMatchObject({ apiVersion: "gennet/v1", kind: "ServiceScaffold", path: "orders", written: true });
    const written = await readdir(join(cwd, "orders"), { recursive: true, withFileTypes: true });
    const paths = written.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(document.files.map((file) => join(cwd, "orders", file)).toSorted()).toEqual(paths.toSorted());
  });

  it("gennet new service asks for everything that no flag provides", async () => {
    const { exit } = await callGennet(["new", "service", "orders", "--domain", "shop"], {
      cwd,
      answers: [
        { at: "Which team owns it", answer: "group:default/shop" },
        { at: "What does it keep", answer: "line-item" },
      ],
    });
    expect(exit).toBe(0);
    expect(await answers()).toMatchObject({
      answers: { domain: "shop", owner: "group:default/shop", entity: "line-item" },
    });
  });

  it("gennet new service derives the entity from the name, unless one is given", async () => {
    await callGennet(given, { cwd });
    expect(await answers()).toMatchObject({ answers: { entity: "order" } });
    await callGennet([...given, "--dir", "other", "--entity", "person:people"], { cwd });
    expect(await answers("other")).toMatchObject({ answers: { entity: "person:people" } });
  });

  it("gennet new service shows how to allow a caller if there is none", async () => {
    expect((await callGennet(given, { cwd })).stdout).toContain("gennet service add caller NAME --dir orders");
    const open = await callGennet([...given, "--dir", "other", "--called-by", "web"], { cwd });
    expect(open).toMatchObject({ exit: 0, stdout: expect.not.stringContaining("add caller") });
  });

  it("gennet new service lists every missing flag in non-interactive mode", async () => {
    const { exit, stdout, stderr } = await callGennet(["new", "service", "orders"], { cwd });
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("--domain DOMAIN, --owner OWNER");
    expect(stderr).toContain("USAGE_ANSWER_MISSING");
    expect(await readdir(cwd)).toEqual([]);
  });

  it("gennet new service does not ask with --no-input, even on a terminal", async () => {
    const { exit, stderr } = await callGennet(["new", "service", "orders", "--no-input"], { cwd, answers: [] });
    expect(exit).toBe(2);
    expect(stderr).toContain("USAGE_ANSWER_MISSING");
  });

  it("gennet new service --dry-run lists the files without writing them, and exits with 8", async () => {
    const { exit, stdout } = await callGennet([...given, "--dry-run"], { cwd });
    expect(exit).toBe(8);
    expect(stdout).toContain("orders/deploy/base/deployment.yaml");
    expect(await readdir(cwd)).toEqual([]);
  });

  it("gennet new service uses the regions of gennet.yaml, or the selected ones", async () => {
    await writeFile(join(cwd, "gennet.yaml"), platform);
    await callGennet(given, { cwd });
    expect(await answers()).toMatchObject({ answers: { regions: ["eu", "us"] } });
    await callGennet([...given, "--dir", "other", "--region", "us"], { cwd });
    expect(await answers("other")).toMatchObject({ answers: { name: "orders", regions: ["us"] } });
  });

  it("gennet new service uses the GitOps repository of gennet.yaml, with its path there, without asking", async () => {
    await mkdir(join(cwd, "services"));
    await writeFile(join(cwd, "gennet.yaml"), `${platform}gitops: {repository: "https://git.acme.example/all.git"}\n`);
    expect(await callGennet(given, { cwd: join(cwd, "services") })).toMatchObject({ exit: 0 });
    expect(await answers("services/orders")).toMatchObject({
      answers: {
        platform: "acme",
        gitops_repository: "https://git.acme.example/all.git",
        gitops_branch: "main",
        gitops_path: "services/orders",
      },
    });
    const application = await readFile(join(cwd, "services/orders/deploy/applications/us.yaml"), "utf8");
    expect(parse(application)).toMatchObject({ spec: { source: { path: "services/orders/deploy/overlays/us" } } });
  });

  it("gennet new service names the clusters of its regions by their ARNs if EKS runs Argo CD", async () => {
    const more = `gitops:
  repository: https://git.acme.example/all.git
  argocd: capability
  capability: {identityCenter: "arn:aws:sso:::instance/ssoins-1"}
platform: {tracing: {endpoint: "https://otlp.acme.example"}}
`;
    await writeFile(join(cwd, "gennet.yaml"), platform + more);
    expect(await callGennet([...given, "--region", "us"], { cwd })).toMatchObject({ exit: 0 });
    const us = "arn:aws:eks:us-east-1:111122223333:cluster/acme-us";
    expect(await answers()).toMatchObject({ answers: { regions: ["us"], destinations: { us } } });
    const application = await readFile(join(cwd, "orders/deploy/applications/us.yaml"), "utf8");
    expect(parse(application)).toMatchObject({ spec: { project: "acme", destination: { server: us } } });
  });

  it("gennet new service uses the registry, package index and Istio revision of gennet.yaml", async () => {
    const more = `imageRegistry: registry.acme.example/shop
packageIndex: {name: acme, url: "https://pypi.acme.example/simple/"}
istio: {revision: stable}
`;
    await writeFile(join(cwd, "gennet.yaml"), platform + more);
    expect(await callGennet(given, { cwd })).toMatchObject({ exit: 0 });
    expect(await answers()).toMatchObject({
      answers: {
        image_registry: "registry.acme.example/shop",
        package_index: "acme=https://pypi.acme.example/simple/",
        istio_revision: "stable",
      },
    });
    expect(await readdir(join(cwd, "orders"))).not.toContain("vendor");
  });

  it("gennet new service uses no GitOps repository if gennet.yaml has none, or if the folder is outside of it", async () => {
    const gitops = `gitops: {repository: "https://git.acme.example/all.git"}\n`;
    await mkdir(join(cwd, "platform"));
    await writeFile(join(cwd, "platform", "gennet.yaml"), platform + gitops);
    await callGennet([...given, "--config", "platform/gennet.yaml"], { cwd });
    await writeFile(join(cwd, "gennet.yaml"), platform);
    await callGennet([...given, "--dir", "other"], { cwd });
    for (const folder of ["orders", "other"]) {
      const recorded = (await answers(folder)) as { answers: object };
      expect(recorded.answers).toMatchObject({ platform: "acme", regions: ["eu", "us"] });
      expect(Object.keys(recorded.answers).filter((key) => key.startsWith("gitops"))).toEqual([]);
      expect(await readdir(join(cwd, folder, "deploy"))).toEqual(["base", "overlays"]);
    }
  });

  it.each([
    ["a gennet.yaml that is not valid", "name: 1\n", [], "CONFIG_INVALID"],
    ["a region that is not in gennet.yaml", platform, ["--region", "ap"], "REGION_UNKNOWN"],
    ["a gennet.yaml that does not exist", platform, ["--config", "missing.yaml"], "CONFIG_NOT_FOUND"],
  ])("gennet new service rejects %s", async (_what, text, flags, code) => {
    await writeFile(join(cwd, "gennet.yaml"), text);
    const { exit, stderr } = await callGennet([...given, ...flags], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain(code);
    expect(await readdir(cwd)).toEqual(["gennet.yaml"]);
  });

  it.each([
    [["../orders"], 2, "SCAFFOLD_NAME_INVALID"],
    [["/orders"], 2, "SCAFFOLD_NAME_INVALID"],
    [["Orders"], 2, "SCAFFOLD_NAME_INVALID"],
    [["import"], 2, "SCAFFOLD_NAME_INVALID"],
    [["fastapi"], 2, "SCAFFOLD_NAME_INVALID"],
    [["orders", "--dir", "../orders"], 2, "SCAFFOLD_TARGET_OUTSIDE"],
    [["orders", "--dir", "/orders"], 2, "SCAFFOLD_TARGET_OUTSIDE"],
    [["test"], 2, "SCAFFOLD_NAME_INVALID"],
    [["orders", "--domain", "Shop!"], 2, "USAGE_INVALID"],
    [["orders", "--owner", "team shop"], 2, "USAGE_INVALID"],
    [["orders", "--depends-on", "payments,orders"], 2, "SCAFFOLD_PEER_INVALID"],
    [["orders", "--called-by", "Web"], 2, "SCAFFOLD_PEER_INVALID"],
    [["orders", "--entity", "Parcel"], 2, "SCAFFOLD_ENTITY_INVALID"],
    [["orders", "--entity", "class"], 2, "SCAFFOLD_ENTITY_INVALID"],
  ])("gennet new service rejects %j before writing anything", async (words, code, id) => {
    const flags = ["--domain", "shop", "--owner", "team-shop"];
    const { exit, stdout, stderr } = await callGennet(["new", "service", ...flags, ...words], { cwd });
    expect([exit, stdout]).toEqual([code, ""]);
    expect(stderr).toContain(id);
    expect(await readdir(cwd)).toEqual([]);
  });

  it("gennet new service rejects a folder that is not empty, before asking questions", async () => {
    await callGennet(given, { cwd });
    const before = await readFile(join(cwd, "orders", "README.md"), "utf8");
    const { exit, stderr } = await callGennet(["new", "service", "orders"], { cwd, answers: [] });
    expect(exit).toBe(7);
    expect(stderr).toContain("SCAFFOLD_TARGET_EXISTS");
    expect(await readFile(join(cwd, "orders", "README.md"), "utf8")).toBe(before);
  });

  it("gennet new service warns if the repository's catalogue already has a service of that name, with its location", async () => {
    await mkdir(join(cwd, ".git"));
    const first = await callGennet([...given, "--dir", "a/orders"], { cwd });
    expect([first.exit, first.stderr]).toEqual([0, ""]);
    const { exit, stderr } = await callGennet([...given, "--dir", "b/orders"], { cwd });
    expect([exit, stderr]).toEqual([
      0,
      'warning: The catalogue already has a service "orders", at a/orders/catalog-info.yaml:4. Both would use the namespace orders.\n',
    ]);
  });

  it("gennet new service creates missing parent folders, and quotes the path in the next steps", async () => {
    const { exit, stdout } = await callGennet([...given, "--dir", "my services/orders"], { cwd });
    expect(exit).toBe(0);
    expect(stdout).toContain("  cd 'my services/orders' && uv run pytest ");
    expect(stdout).toContain("  gennet sandbox run 'my services/orders' ");
    expect(await answers("my services/orders")).toMatchObject({ answers: { name: "orders" } });
  });

  it("gennet new service writes into a new repository, and keeps its README", async () => {
    await mkdir(join(cwd, ".git"));
    await writeFile(join(cwd, "README.md"), "hi\n");
    const { exit, stdout } = await callGennet([...given, "--dir", ".", "-o", "json"], { cwd });
    expect([exit, JSON.parse(stdout)]).toMatchObject([0, { path: "." }]);
    expect(await answers(".")).toMatchObject({ answers: { name: "orders" } });
    expect(await readFile(join(cwd, "README.md"), "utf8")).toMatch(/^# orders\n[^]*\n\nhi\n$/);
  });

  it("gennet new service writes nothing after an interruption", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stop"));
    await callGennet(given, { cwd, signal: controller.signal });
    expect(await readdir(cwd)).toEqual([]);
  });
});
