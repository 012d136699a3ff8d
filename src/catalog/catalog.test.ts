import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { catalogFolder, component } from "../../test/support/catalog-folder.ts";
import { type Catalog, findingsAbout, readCatalog } from "./catalog.ts";
import { findCatalogFiles } from "./find-files.ts";

let place: Awaited<ReturnType<typeof catalogFolder>> | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

const never = new AbortController().signal;
const read = async (files: Record<string, string>): Promise<Catalog> => {
  place = await catalogFolder(files);
  return readCatalog(place.folder, place.folder, never);
};
const said = ({ findings }: Catalog): readonly string[] =>
  findings.map(
    ({ severity, id, subject, summary, location: { file, line, column } }) =>
      `${file}:${line}:${column} ${severity} ${id} ${subject}: ${summary}`,
  );

describe("the catalogue", () => {
  it("The catalogue contains every component of every catalog-info.yaml, with its callers", async () => {
    const catalog = await read({
      orders: component("orders", { dependsOn: ["component:payments", "Component:default/stock", "resource:db"] }),
      "deep/er/payments": component("payments", { domain: "billing" }),
      stock: component("stock"),
    });
    expect(catalog.findings).toEqual([]);
    expect(catalog.services.map(({ name, path }) => [name, path])).toEqual([
      ["orders", "orders"],
      ["payments", "deep/er/payments"],
      ["stock", "stock"],
    ]);
    expect(catalog.find("orders")).toEqual({
      name: "orders",
      type: "service",
      domain: "shop",
      owner: "team-shop",
      regions: ["eu", "us"],
      dependsOn: [
        { name: "payments", location: { file: "orders/catalog-info.yaml", line: 13, column: 7 } },
        { name: "stock", location: { file: "orders/catalog-info.yaml", line: 14, column: 7 } },
      ],
      resources: ["resource:db"],
      path: "orders",
      location: { file: "orders/catalog-info.yaml", line: 4, column: 9 },
    });
    expect(catalog.callersOf("stock").map(({ name }) => name)).toEqual(["orders"]);
    expect(catalog.callersOf("elsewhere")).toEqual([]);
  });

  it("The catalogue reads every document of a file, systems' domains and namespaces, and no libraries", async () => {
    const system =
      "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: till }\nspec: { domain: sales }\n";
    const ofSystem = component("orders", { more: "  system: till\n" }).replace(/ {2}labels:\n.*\n/, "");
    const library = component("money").replace("type: service", "type: library");
    const other = component("audit", { dependsOn: ["component:default/orders", "component:money", "component:log"] });
    const catalog = await read({
      all: [system, ofSystem, library, other.replace("  name: audit", "  name: audit\n  namespace: Ops")].join("---\n"),
    });
    expect(said(catalog)).toEqual([]);
    expect(catalog.services.map(({ name, domain }) => [name, domain])).toEqual([
      ["ops/audit", "shop"],
      ["orders", "sales"],
    ]);
    expect(catalog.find("component:ops/Audit")?.dependsOn.map(({ name }) => name)).toEqual([
      "orders",
      "ops/money",
      "ops/log",
    ]);
    expect(catalog.callersOf("orders").map(({ name }) => name)).toEqual(["ops/audit"]);
  });

  it("The catalogue does not count a library as called", async () => {
    const catalog = await read({
      orders: component("orders", { dependsOn: ["component:money"] }),
      money: component("money").replace("type: service", "type: library"),
    });
    expect(catalog.find("orders")).toMatchObject({ dependsOn: [], resources: ["component:money"] });
  });

  it("The catalogue ignores .git, packages and links to folders", async () => {
    const files = [".git/a", "node_modules/b", "x/.venv/c", "d/.gennet/e"];
    place = await catalogFolder(Object.fromEntries(files.map((each) => [`${each}/catalog-info.yaml`, component("a")])));
    await symlink("..", join(place.folder, "x", "loop"));
    expect(await readCatalog(place.folder, place.folder, never)).toMatchObject({ services: [], findings: [] });
  });
});

describe("a file is read document by document, like Backstage reads it", () => {
  const [orders, stock] = [component("orders", { dependsOn: ["component:stock"] }), component("stock")];

  it.each([
    ["lines that end with CRLF", `${orders}---\n${stock}`.replaceAll("\n", "\r\n")],
    ["lines that end with CR", `${orders}---\n${stock}`.replaceAll("\n", "\r")],
    ["a byte order mark", `\uFEFF${orders}---\n${stock}`],
  ])("A catalogue file is read with %s, and locations stay the same", async (_what, content) => {
    const catalog = await read({ x: content });
    expect(said(catalog)).toEqual([]);
    expect(catalog.find("orders")).toMatchObject({
      location: { line: 4, column: 9 },
      dependsOn: [{ name: "stock", location: { line: 13, column: 7 } }],
    });
    expect(catalog.find("stock")).toMatchObject({ location: { line: 18, column: 9 } });
  });

  it("A catalogue file is read with directives, empty documents, end markers and comments between documents", async () => {
    const catalog = await read({
      x: `# all\n%YAML 1.2\n---\n${orders}...\n---\n---\n# none\n--- # next\n${stock}---\n`,
    });
    expect(said(catalog)).toEqual([]);
    expect(catalog.services.map(({ name, location }) => [name, location.line])).toEqual([
      ["orders", 7],
      ["stock", 25],
    ]);
  });

  it.each([
    ["brackets that are not closed", orders.replace("  name: orders", "  name: [orders"), 5],
    ["a key that is there twice", orders.replace("spec:", "kind: API\nspec:"), 9],
    ["nesting that overflows the stack", `a: ${"[".repeat(100_000)}\n`, 1],
  ])(
    "A catalogue file with a document broken by %s still has its other documents read",
    async (_what, broken, line) => {
      const catalog = await read({ x: `${broken}---\n${stock}` });
      expect(catalog.services.map(({ name }) => name)).toEqual(["stock"]);
      expect(said(catalog)).toEqual([
        expect.stringMatching(new RegExp(`^x/catalog-info.yaml:${line}:.* fail catalog/read`)),
      ]);
    },
  );

  it("A catalogue file with a template still has errors in other documents reported", async () => {
    const catalog = await read({ x: `<% if (x) { %>\na: b\n  c\n---\n${orders.replace("metadata:", "metadata: ]")}` });
    expect(said(catalog)).toEqual([
      expect.stringMatching(/:\d:\d+ skip .* is a template/),
      expect.stringMatching(/:7:11 fail .* invalid YAML/),
    ]);
  });

  it("A catalogue file uses YAML 1.2: an owner may be called yes", async () => {
    const catalog = await read({ x: stock.replace("team-shop", "yes").replace("name: stock", "name: on") });
    expect(catalog.services.map(({ name, owner }) => [name, owner])).toEqual([["on", "yes"]]);
  });
});

describe("what cannot be read is reported with its location", () => {
  it.each([
    ["broken YAML", component("a").replace("metadata:", "metadata: ]"), /:3:11 fail .* invalid YAML/],
    ["no name", component("").replace("name:", "title: x"), /:4:3 fail .* metadata.name is missing or not text/],
    ["a number for a name", component("7"), /:4:9 fail .* metadata.name is missing or not text/],
    ["a name Backstage refuses", component("a b"), /:4:9 fail .* "a b" is not a valid Backstage name/],
    ["escapes of a terminal", component('"a\\e[2J"'), /:4:9 fail .* "a\\u001b\[2J" is not a valid Backstage name/],
    ["something else", "just: text\n", /:1:1 fail .* has no apiVersion/],
    ["no kind", "apiVersion: backstage.io/v1alpha1\n", /:1:1 fail .* has no kind/],
    ["brackets without end", "[".repeat(100_000), /fail .* (invalid YAML|nested too deeply)/],
    [
      "aliases that unfold without end",
      `a: &a [1]\n${"bcdefghij".replace(/./g, (key, at: number) => `${key}: &${key} [${`*${"abcdefghij"[at] ?? ""},`.repeat(9)}]\n`)}`,
      /:1:1 fail .* cannot be read: Excessive alias count/,
    ],
    ["more than a mebibyte", `# ${"x".repeat(1 << 20)}\n`, /:1:1 fail .* is larger than 1024 KiB/],
    ["a template", component("${{ values.name }}"), /:4:9 skip .* is a template/],
    ["a template that is not YAML", "<% if (x) { %>\na: b\n<% } -%>\n  c\n", /skip .* is a template/],
  ])("An entity that cannot be read is reported with its location: %s", async (_what, content, expected) => {
    const catalog = await read({ x: content });
    expect(catalog.services).toEqual([]);
    expect(said(catalog)).toEqual([expect.stringMatching(expected)]);
  });

  it("A folder, a link, and a reference without a kind are reported with their locations", async () => {
    place = await catalogFolder({ b: component("b", { dependsOn: ["orders", "7", "component:a:b", "component:ok"] }) });
    await mkdir(join(place.folder, "a", "catalog-info.yaml"), { recursive: true });
    await mkdir(join(place.folder, "c"));
    await symlink("/dev/zero", join(place.folder, "c", "catalog-info.yaml"));
    const catalog = await readCatalog(place.folder, place.folder, never);
    expect(said(catalog)).toEqual([
      expect.stringContaining("a/catalog-info.yaml:1:1 fail catalog/readable") as string,
      expect.stringContaining(
        'b/catalog-info.yaml:13:7 warn catalog/reference service b: depends on "orders"',
      ) as string,
      expect.stringContaining("b/catalog-info.yaml:14:7 warn catalog/reference service b: depends on 7") as string,
      expect.stringContaining("b/catalog-info.yaml:15:7 warn catalog/reference") as string,
      expect.stringContaining("c/catalog-info.yaml:1:1 fail catalog/readable c/catalog-info.yaml: is a link") as string,
    ]);
    expect(catalog.find("b")?.dependsOn.map(({ name }) => name)).toEqual(["ok"]);
  });

  it("A service that is declared twice is reported, and the first one counts", async () => {
    const catalog = await read({ a: component("orders"), b: component("Orders", { domain: "other" }) });
    expect(catalog.services.map(({ domain }) => domain)).toEqual(["shop"]);
    expect(said(catalog)).toEqual([
      "b/catalog-info.yaml:4:9 fail catalog/unique service Orders: is already declared at a/catalog-info.yaml:4",
    ]);
  });

  it("A folder that does not exist, or is a file, is reported", async () => {
    place = await catalogFolder({ "file.txt": "" });
    const { folder } = place;
    for (const path of ["nowhere", "file.txt"]) {
      await expect(readCatalog(join(folder, path), folder, never)).rejects.toMatchObject({
        code: "CATALOG_PATH_UNREADABLE",
        exit: 2,
      });
    }
  });

  it("More folders than any repository has are reported", async () => {
    place = await catalogFolder({ "a/b": component("b"), c: component("c") });
    const { folder } = place;
    expect((await findCatalogFiles(folder, ".", never, 4)).files).toHaveLength(2);
    await expect(findCatalogFiles(folder, ".", never, 3)).rejects.toMatchObject({ code: "CATALOG_TOO_LARGE" });
  });

  it("The findings about some services include no warning about others", async () => {
    const catalog = await read({
      a: component("a"),
      b: component("b", { dependsOn: ["nothing"] }),
      broken: "a: [\n",
    });
    const of = (name: string): readonly string[] =>
      findingsAbout(
        catalog.services.filter((each) => each.name === name),
        catalog,
      ).map(({ id }) => id);
    expect(of("a")).toEqual(["catalog/readable"]);
    expect(of("b")).toEqual(["catalog/reference", "catalog/readable"]);
  });
});
