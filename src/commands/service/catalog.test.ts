import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { catalogFolder, component } from "../../../test/support/catalog-folder.ts";
import { callGennet } from "../../../test/support/cli.ts";

let place: Awaited<ReturnType<typeof catalogFolder>>;

beforeEach(async () => {
  place = await catalogFolder({
    "services/orders": component("orders", { dependsOn: ["component:payments", "component:stock", "resource:db"] }),
    "services/payments": component("payments", { domain: "billing", dependsOn: ["component:ledger"] }),
    "services/stock": component("stock").replace("eu,us", "eu"),
    "services/orders/.gennet/answers.yaml":
      "template: fastapi-service\nversion: 0.3.0\nanswers: { name: orders, regions: [], features: [redis] }\n",
  });
  await mkdir(join(place.folder, ".git"));
});
afterEach(() => place.remove());

const call = (argv: readonly string[], below = "."): ReturnType<typeof callGennet> =>
  callGennet(["service", ...argv], { cwd: join(place.folder, below) });
const json = async (argv: readonly string[], below = "."): Promise<Record<string, unknown>> => {
  const { stdout, stderr } = await call([...argv, "-o", "json"], below);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe("gennet service list", () => {
  it("gennet service list shows every service of the repository, whatever the current folder", async () => {
    const { exit, stdout } = await call(["list"], "services/orders");
    expect(exit).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "NAME      DOMAIN   OWNER         REGIONS  DEPENDS ON       CALLED BY  TEMPLATE",
      "orders    shop     team-shop     eu, us   payments, stock  -          fastapi-service 0.3.0",
      "payments  billing  team-billing  eu, us   ledger           orders     -",
      "stock     shop     team-shop     eu       -                orders     -",
      "",
    ]);
    expect((await call(["list", "-o", "wide"], "services/orders")).stdout).toContain("service  ../payments");
  });

  it("gennet service list searches the given path, the folder of gennet.yaml, or that of --config", async () => {
    const names = async (argv: string[], below?: string): Promise<unknown> =>
      ((await json(["list", ...argv], below))["items"] as { name: string }[]).map(({ name }) => name);
    expect(await names(["services/stock"])).toEqual(["stock"]);
    await place.write("services/orders/gennet.yaml", "");
    expect(await names([], "services/orders")).toEqual(["orders"]);
    expect(await names(["--config", "services/orders/gennet.yaml"])).toEqual(["orders"]);
    expect(await names([])).toEqual(["orders", "payments", "stock"]);
    const { exit, stderr } = await call(["list", "nowhere"]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("CATALOG_PATH_UNREADABLE")]);
  });

  it("gennet service list shows one region, and names the existing regions for an unknown one", async () => {
    expect(await json(["list", "--region", "us"])).toMatchObject({ items: [{ name: "orders" }, { name: "payments" }] });
    const { exit, stderr } = await call(["list", "--region", "mars"]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("Regions in the catalogue: eu, us")]);
  });

  it("gennet service list says if there are no services", async () => {
    const { exit, stdout } = await call(["list", "."], "services/orders/.gennet");
    expect([exit, stdout]).toEqual([
      0,
      "No services found: no catalog-info.yaml in . or its subfolders declares one.\n",
    ]);
  });

  it("gennet service list exits with 3 with the location of unreadable files, and still shows the rest", async () => {
    await place.write("services/broken", "metadata: [\n");
    await place.write("services/stock/.gennet/answers.yaml", "template: 1\n");
    await mkdir(join(place.folder, "services/payments/.gennet"));
    await symlink("/dev/zero", join(place.folder, "services/payments/.gennet/answers.yaml"));
    const { exit, stdout } = await call(["list"]);
    expect(exit).toBe(3);
    expect(stdout).toContain("\norders ");
    expect(stdout).toMatch(
      /✖ services\/broken\/catalog-info.yaml: invalid YAML.*\n {4}at \S+\/catalog-info.yaml:2:1\n/,
    );
    expect(stdout).toContain("at services/stock/.gennet/answers.yaml:1:1");
    expect(stdout).toContain("its .gennet/answers.yaml is a link, which is not followed [catalog/record]");
  });

  it("gennet service list escapes characters that a terminal would interpret", async () => {
    await place.write("services/odd", component("odd", { domain: '"x\\e]0;title\\a"' }));
    for (const output of ["table", "json", "yaml"]) {
      const { stdout } = await call(["list", "-o", output]);
      expect(stdout).not.toContain("\u001b");
      expect(stdout).not.toContain("\u0007");
      expect(stdout).toContain("]0;title");
    }
  });
});

describe("gennet service describe", () => {
  it("gennet service describe shows one service, by its name or a reference", async () => {
    const { exit, stdout } = await call(["describe", "component:default/orders"]);
    expect(exit).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "orders",
      "  domain      shop",
      "  owner       team-shop",
      "  type        service",
      "  regions     eu, us",
      "  declared at services/orders/catalog-info.yaml:4",
      "  template    fastapi-service 0.3.0",
      "  features    redis",
      "  depends on  payments (another domain: billing)",
      "              stock (shop)",
      "  also needs  resource:db",
      "",
    ]);
    expect(await json(["describe", "payments", "--dir", "services"])).toMatchObject({
      dependencies: [{ name: "ledger", inCatalog: false, crossDomain: false }],
      callers: [{ name: "orders", domain: "shop", inCatalog: true, crossDomain: true }],
      findings: [{ id: "catalog/dependency", severity: "warn" }],
    });
  });

  it("gennet service describe suggests similar names", async () => {
    const { exit, stderr } = await call(["describe", "ordres"]);
    expect(exit).toBe(2);
    expect(stderr).toContain('has no service "ordres". [CATALOG_SERVICE_UNKNOWN]\n  → Did you mean orders?');
  });
});

describe("gennet service graph", () => {
  it("gennet service graph shows all calls, and missing services with file and line", async () => {
    const { exit, stdout } = await call(["graph", "-o", "wide"]);
    expect(exit).toBe(0);
    expect(stdout).toContain("orders    →  payments  shop → billing  services/orders/catalog-info.yaml:13\n");
    expect(stdout).toContain("payments  →  ledger    -               services/payments/catalog-info.yaml:13\n");
    expect(stdout).toContain("3 services, 3 calls, 1 across domains\n");
    expect(stdout).toContain("at services/payments/catalog-info.yaml:13:7\n");
    expect((await call(["graph", "--strict"])).exit).toBe(9);
    expect((await call(["graph", "stock", "--strict"])).exit).toBe(0);
  });

  it("gennet service graph NAME is limited to what a service reaches and what reaches it", async () => {
    expect(await json(["graph", "stock"])).toMatchObject({
      about: "stock",
      nodes: [{ name: "orders" }, { name: "stock" }],
      edges: [{ from: "orders", to: "stock", crossDomain: false }],
      findings: [],
    });
    expect((await call(["graph", "stok"])).stderr).toContain("Did you mean stock?");
  });

  it.each([
    ["mermaid", /^flowchart LR\n[^!]*classDef absent [^\n]*\n$/],
    ["dot", /^digraph services \{\n[^!]*\n\}\n$/],
  ])("gennet service graph writes nothing but the diagram to stdout: %s", async (format, diagram) => {
    const { exit, stdout, stderr } = await call(["graph", "--format", format]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(diagram);
    expect(stderr).toContain("depends on ledger");
  });
});
