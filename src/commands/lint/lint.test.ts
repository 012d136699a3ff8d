import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { callGennet, withoutGennet } from "../../../test/support/cli.ts";
import { isNightly } from "../../../test/support/effort.ts";
import { referees } from "../../../test/support/referees.ts";

const platform = `name: acme
domain: acme.example
gitops: { repository: "https://git.acme.example/all.git" }
regions:
  - { name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu }
  - { name: us, awsRegion: us-east-1, accountId: "111122223333", cluster: acme-us }
`;
const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { key: hunter2 }\n";

vi.setConfig({ testTimeout: 60_000 });

describe("gennet lint", () => {
  let cwd: string;
  let env: Readonly<Record<string, string | undefined>>;

  // Installs kubectl first on a machine that does not have it yet.
  beforeAll(async () => {
    env = { ...withoutGennet(process.env), PATH: dirname((await referees()).kubectl) };
  }, 180_000);

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "gennet-lint-"));
  });

  afterEach(async () => {
    await rm(cwd, { recursive: true });
  });

  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(join(cwd, dirname(path)), { recursive: true });
    await writeFile(join(cwd, path), content);
  };
  const call = (...argv: string[]): ReturnType<typeof callGennet> => callGennet(["lint", ...argv], { cwd, env });

  const stores = ["postgres", "redis", "neo4j"];
  const features = Array.from({ length: 8 }, (_, bits) => stores.filter((_store, at) => (bits & (1 << at)) !== 0));
  const peers = ["--depends-on", "payments,ledger", "--called-by", "web"];

  const sets = features.flatMap((chosen) => {
    const flags = chosen.length === 0 ? [] : ["--features", chosen.join(",")];
    return [flags, [...flags, ...peers]];
  });
  // By day, tests every set of features once; at other times, one service with all features and one without any.
  const ends = sets.filter((_flags, at) => at < 2 || at >= sets.length - 2);
  const between = sets.filter((flags) => flags.includes("--called-by"));

  describe.each([
    ["on its own", undefined, ends],
    ["of a platform", platform, [...new Set([...between, ...ends])]],
  ])("gennet lint on a new service, %s", (_where, file, daily) => {
    it.each((isNightly ? sets : daily).map((flags) => ({ flags })))(
      "gennet lint finds nothing in a new service: $flags",
      async ({ flags }) => {
        if (file !== undefined) await write("gennet.yaml", file);
        await callGennet(["new", "service", "orders", "--domain", "shop", "--owner", "team-shop", ...flags], { cwd });
        const { exit, stdout } = await call("orders", "--strict");
        expect(stdout).toMatch(/^clean, [1-9]\d* objects in/);
        expect(exit).toBe(0);
      },
    );
  });

  it("gennet lint reads a new service as Kustomize builds it for each region", async () => {
    await write("gennet.yaml", platform);
    await callGennet(["new", "service", "orders", "--domain", "shop", "--owner", "team-shop", ...peers], { cwd });
    const overlay = "orders/deploy/overlays/us/kustomization.yaml";
    const target = "\n  - target: { kind: DestinationRule, name: ledger }";
    const patch = "\n    patch: '- { op: remove, path: /spec/trafficPolicy/outlierDetection }'\n";
    await write(overlay, (await readFile(join(cwd, overlay), "utf8")).trimEnd() + target + patch);
    const { exit, stdout } = await call("orders");
    expect(exit).toBe(3);
    expect(stdout).toMatch(
      /orders\/deploy\/base\/destination-rule-ledger\.yaml\n.*no outlierDetection \(in orders\/deploy\/overlays\/us\)/,
    );
    expect(stdout).not.toContain("payments");
  });

  it("gennet lint groups findings by file, and exits with 3", async () => {
    await write("deploy/a.yaml", secret);
    const { exit, stdout } = await call();
    expect(exit).toBe(3);
    expect(stdout).toContain("deploy/a.yaml\n  4:15    ✖ secret a: has a value for key [secret/manifest]\n");
    expect(stdout).toContain("1 failed, 1 object in 1 file");
  });

  it("gennet lint exits with 5 for unknown results, and with 9 for warnings with --strict", async () => {
    await write("chart/Chart.yaml", "name: a\n");
    await write("chart/templates/a.yaml", "{{ . }}\n");
    expect((await call()).exit).toBe(5);
    expect((await call("--skip", "manifest")).exit).toBe(0);
    const expired = secret.replace("hunter2", '""');
    const unused = "# gennet-waive: secret/manifest owner=a expires=2027-01-01 reason=b\n";
    await write("warned/a.yaml", unused + expired);
    expect((await call("warned")).exit).toBe(0);
    expect((await call("warned", "--strict")).exit).toBe(9);
  });

  it("gennet lint ignores .git, packages and a template's original files, and accepts a single file", async () => {
    for (const folder of [".git", "node_modules/a", ".gennet/base"]) await write(`${folder}/a.yaml`, secret);
    const { exit, stdout } = await call();
    expect(exit).toBe(5);
    expect(stdout).toContain("contains no readable Kubernetes object [manifest/present]");
    expect((await call("node_modules/a/a.yaml")).exit).toBe(3);
  });

  it("gennet lint applies waivers in parent folders, wherever it runs, and does not report them as unused", async () => {
    const waiver = "{ id: secret/manifest, owner: a, reason: b, expires: 2099-01-01";
    const other = `  - ${waiver}, path: elsewhere }\n`;
    await write("tree/.gennet/lint.yaml", `waivers:\n  - ${waiver}, path: shop }\n${other}`);
    await write("tree/shop/deploy/a.yaml", secret);
    for (const [folder, path] of [
      ["tree/shop", "."],
      ["tree/shop/deploy", "a.yaml"],
      ["tree/shop/deploy", ".."],
      [".", "tree/shop/deploy/a.yaml"],
      ["tree", join(cwd, "tree/shop")],
    ] as const) {
      const { exit, stdout } = await callGennet(["lint", path], { cwd: join(cwd, folder), env });
      expect(stdout).toMatch(/^clean, 1 object.*, 1 waived$/m);
      expect(exit).toBe(0);
    }
    const all = await callGennet(["lint"], { cwd: join(cwd, "tree"), env });
    expect(all.stdout).toContain("matches no finding [waiver/used]");
  });

  it("gennet lint fails for an expired waiver in a parent folder if it would apply", async () => {
    const waiver = (path: string): string =>
      `waivers: [{ id: secret/manifest, owner: a, reason: b, expires: 2020-01-01, path: ${path} }]\n`;
    await write("a/b.yaml", secret);
    await write(".gennet/lint.yaml", waiver("a"));
    expect((await call("a")).stdout).toContain("[waiver/expired]");
    await write(".gennet/lint.yaml", waiver("c"));
    expect((await call("a")).stdout).not.toContain("[waiver/expired]");
  });

  it("gennet lint is not clean if nothing was read: an empty folder, or a file without a manifest", async () => {
    await write("docs/README.md", "# Deploy\n");
    await mkdir(join(cwd, "empty"));
    for (const path of ["empty", "docs", "docs/README.md"]) {
      for (const more of [[], ["--only", "breaker"]]) {
        const { exit, stdout } = await call(path, ...more);
        expect(exit).toBe(5);
        expect(stdout).toContain(`? ${path}: contains no readable Kubernetes object`);
      }
    }
    expect((await call("empty", "--skip", "manifest/present")).exit).toBe(0);
  });

  it("gennet lint lists the links that it did not follow if nothing was read", async () => {
    await mkdir(join(cwd, "links"));
    await mkdir(join(cwd, "real"));
    await symlink("nowhere.yaml", join(cwd, "links/a.yaml"));
    await symlink("../real", join(cwd, "links/b"));
    const { exit, stdout } = await call("links");
    expect(exit).toBe(5);
    expect(stdout).toContain(
      "readable Kubernetes object; not followed: links/a.yaml has no target, links/b leads to a folder [",
    );
  });

  it("gennet lint suggests Kustomize commands that can be pasted", async () => {
    await write("my tree/kustomization.yaml", "resources: [nowhere.yaml]\n");
    await write("remote/kustomization.yaml", "resources: ['https://git.example/a/b?ref=c']\n");
    expect((await call("my tree")).stdout).toContain("→ kubectl kustomize 'my tree'  # fails in the same way");
    expect((await call("remote")).stdout).toContain(
      "→ kubectl kustomize remote > built.yaml && gennet lint built.yaml",
    );
  });

  it("gennet lint reads JSON, and counts templates as unreadable", async () => {
    const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, stringData: { key: "hunter2" } };
    await write("json/a.json", JSON.stringify(object, null, "\t"));
    expect((await call("json")).stdout).toContain("json/a.json\n  8:3 ");
    await write("terraform/app.yaml.tpl", "apiVersion: v1\nkind: Secret\nstringData: { key: ${password} }\n");
    const { exit, stdout } = await call("terraform");
    expect(exit).toBe(5);
    expect(stdout).toContain("1 unknown, 0 objects in 1 file, 1 of them unreadable");
  });

  it("gennet lint names a path that does not exist, and an unknown rule", async () => {
    const { exit, stderr } = await call("nowhere");
    expect(exit).toBe(2);
    expect(stderr).toContain("nowhere cannot be read: it does not exist (ENOENT)");
    expect((await call("--only", "breaker/poll")).exit).toBe(2);
  });

  it("gennet lint does not report skipped rules as passed tests", async () => {
    await write("a.yaml", secret);
    await call("--only", "workload", "--report", "junit=out.xml");
    const suites = Array.from((await readFile(join(cwd, "out.xml"), "utf8")).matchAll(/<testsuite name="([^"]*)"/g));
    expect(suites.length).toBeGreaterThan(0);
    expect(suites.filter(([, name = ""]) => !name.startsWith("workload/"))).toEqual([]);
  });

  it("gennet lint writes every requested report, none of them with a secret value", async () => {
    await write("a.yaml", secret);
    const reports = ["json", "sarif", "junit", "github", "markdown"];
    const { exit } = await call(...reports.flatMap((format) => ["--report", `${format}=out.${format}`]));
    expect(exit).toBe(3);
    for (const format of reports) {
      const content = await readFile(join(cwd, `out.${format}`), "utf8");
      expect(content).toContain("has a value for key");
      expect(content).not.toContain("hunter2");
    }
  });

  it("gennet lint prints annotations before the table, and nothing next to a document", async () => {
    await write("a.yaml", secret);
    const { stdout } = await call("--report", "github=-");
    expect(stdout).toMatch(
      /^::error file=a\.yaml,line=4,col=15,title=secret\/manifest::secret a: has a value for key%0A/,
    );
    expect((await call("--report", "github=-", "-o", "json")).exit).toBe(2);
    expect((await call("--report", "sarif=-")).exit).toBe(2);
    expect((await call("--report", "pdf=a")).exit).toBe(2);
    expect((await call("--report", "sarif=nowhere/a.sarif")).exit).toBe(2);
  });
});
