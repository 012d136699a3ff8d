import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { answersFile, render, type Answers } from "./render.ts";
import { shippedTemplate } from "./shipped-template.ts";
import type { Template, TemplateFile } from "./template.ts";

const orders: Answers = { name: "order-intake", domain: "shop", owner: "team-shop", regions: ["eu", "us"] };

function template(...files: Partial<TemplateFile>[]): Template {
  return {
    name: "test",
    version: "1.2.3",
    title: "",
    description: "",
    questions: [],
    reservedPackages: [],
    files: files.map((file) => ({ path: "file", content: "", executable: false, ...file })),
  };
}

function contentOf(content: string, answers = orders): string | undefined {
  return render(template({ content }), answers).find((file) => file.path === "file")?.content;
}

describe("rendering", () => {
  it("render replaces tags with answers, unescaped, and keeps every other character", () => {
    expect(contentOf("<%= it.name %> & <%= it.owner %>\n")).toBe("order-intake & team-shop\n");
    expect(contentOf("<%= it.package %>\n\n  x  \n")).toBe("order_intake\n\n  x  \n");
  });

  it("render leaves the tags of Jinja, Helm, GitHub and the shell alone, and anything that JavaScript would read", () => {
    const foreign = "{{ a }} {% if b %} {{- .Values.c }} ${{ github.ref }} ${D} `e` \\n \\\\ 'f' \"g\" <!-- h -->\n";
    expect(contentOf(foreign)).toBe(foreign);
  });

  it("render drops the line of a tag that ends with -%>", () => {
    expect(contentOf("a\n<% if (it.regions.length > 5) { -%>\nb\n<% } -%>\nc\n")).toBe("a\nc\n");
  });

  it("render rejects a missing answer", () => {
    expect(() => contentOf("<%= it.naem %>")).toThrow("Cannot render the template's file file.");
    expect(() => contentOf("<%= it.yaml.naem %>")).toThrow("Cannot render the template's file file.");
  });

  it.each([
    ["y", '"y"'],
    ["null", '"null"'],
    ["orders", "orders"],
    ["1e3", '"1e3"'],
    ["group:default/team", "group:default/team"],
  ])("render quotes for YAML what it would read as something else: %s", (owner, written) => {
    expect(contentOf("<%= it.yaml.owner %>", { ...orders, owner })).toBe(written);
  });

  it("render treats a missing optional answer as empty, and skips the parts that depend on it", () => {
    const conditions = { applications: "gitops_repository" };
    const given = {
      ...template({ content: "<%= it.platform || it.domain %>" }, { path: "applications/a" }),
      conditions,
    };
    const contents = (answers: Answers): (string | undefined)[] => {
      const files = render(given, answers);
      return ["file", "applications/a"].map((path) => files.find((file) => file.path === path)?.content);
    };
    expect(contents(orders)).toEqual(["shop", undefined]);
    expect(contents({ ...orders, platform: "acme", gitops_repository: "https://git" })).toEqual(["acme", ""]);
  });

  it("render provides each feature of the template as a boolean, and skips what belongs to other features", () => {
    const features = { redis: "a cache", neo4j: "a graph" };
    const conditions = { "src/cache": "redis", graph: ["neo4j"], either: ["neo4j", "redis"], calls: "depends_on" };
    const paths = ["src/cache/a", "graph", "graphs", "either", "calls/a"].map((path) => ({ path }));
    const given = { ...template({ content: "<%= it.redis %> <%= it.neo4j %>" }, ...paths), features, conditions };
    const files = render(given, { ...orders, features: ["redis"] });
    expect(files.map(({ path }) => path)).toEqual([".gennet/answers.yaml", "either", "file", "graphs", "src/cache/a"]);
    expect(files.find(({ path }) => path === "file")?.content).toBe("true false");
    expect(() => render({ ...given, conditions: { a: "rdis" } }, orders)).toThrow('a condition "rdis"');
  });

  it("render writes a file for each region", () => {
    const files = render(template({ path: "overlays/__region__/a.yaml", content: "<%= it.region %>" }), orders);
    expect(files.slice(1).map(({ path, content }) => [path, content])).toEqual([
      ["overlays/eu/a.yaml", "eu"],
      ["overlays/us/a.yaml", "us"],
    ]);
  });

  it("render fills in paths, and names dotfiles", () => {
    const paths = ["src/__package__/__init__.py", "_gitignore", "_github/workflows/ci.yaml", "a_b/_c.__name__"];
    const rendered = render(template(...paths.map((path) => ({ path }))), orders).map((file) => file.path);
    expect(rendered).toEqual([
      ".gennet/answers.yaml",
      ".github/workflows/ci.yaml",
      ".gitignore",
      "a_b/.c.order-intake",
      "src/order_intake/__init__.py",
    ]);
  });

  it("render writes a path with a dependency once for each", () => {
    const files = [{ path: "a-__dependency__.yaml", content: "<%= it.dependency.type %>" }, { path: "__client__.py" }];
    const rendered = render(template(...files), { ...orders, depends_on: ["stock", "pay-out"] });
    expect(rendered.slice(1).map(({ path, content }) => [path, content])).toEqual([
      ["a-pay-out.yaml", "PayOut"],
      ["a-stock.yaml", "Stock"],
      ["pay_out.py", ""],
      ["stock.py", ""],
    ]);
    expect(render(template(...files), orders).slice(1)).toEqual([]);
  });

  it("render skips files and folders whose condition is an empty list", () => {
    const shipped = {
      ...template({ path: "calls/a/b" }, { path: "calls.py" }, { path: "callsign" }, { path: "policy.yaml" }),
      conditions: { calls: "depends_on", "policy.yaml": "called_by" },
    } satisfies Template;
    const paths = (answers: Answers): readonly string[] =>
      render(shipped, answers)
        .map((file) => file.path)
        .slice(1);
    expect(paths(orders)).toEqual(["calls.py", "callsign"]);
    expect(paths({ ...orders, depends_on: ["stock"], called_by: [] })).toEqual(["calls.py", "calls/a/b", "callsign"]);
    expect(paths({ ...orders, called_by: ["web"] })).toEqual(["calls.py", "callsign", "policy.yaml"]);
  });

  it("render keeps executable bits", () => {
    const files = render(template({ path: "a", executable: true }, { path: "b" }), orders);
    expect(files.map((file) => file.mode)).toEqual([0o644, 0o755, 0o644]);
  });

  it("render records the template, its version and the answers", () => {
    const recorded = render(template(), orders).find((file) => file.path === answersFile);
    expect(parse(recorded?.content ?? "")).toEqual({ template: "test", version: "1.2.3", answers: orders });
  });
});

describe("the FastAPI template", async () => {
  const shipped = await shippedTemplate("fastapi-service");

  const everything = {
    ...orders,
    depends_on: ["y", "pay-out"],
    called_by: ["n"],
    features: ["postgres", "redis", "neo4j"],
    entity: "abcdefg-hijklmn",
    made_with: "1.0.0",
    image_registry: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
    istio_revision: "stable",
    package_index: "acme=https://pypi.acme.example/simple/",
  };
  const contentOf = (answers: Answers, path: string): string =>
    nonEmpty(render(shipped, answers).filter((file) => file.path === path))[0].content;

  it("The FastAPI template has checksums of its migrations, and names their folder", () => {
    const answers = { ...everything, entity: "parcel" };
    const folder = "src/order_intake/database/migrations";
    const written = contentOf(answers, `${folder}/versions.sha256`).trimEnd().split("\n");
    const hash = (path: string): string =>
      createHash("sha256")
        .update(contentOf(answers, `${folder}/${path}`))
        .digest("hex");
    const files = ["versions/0001_idempotency_keys.py", "versions/0002_parcels.py"];
    expect(written).toEqual(files.map((path) => `${hash(path)}  ${path}`));
    expect(contentOf(answers, "pyproject.toml")).toContain(`script_location = "%(here)s/${folder}"`);
  });

  it("The FastAPI template keeps the first migration of a service from before 1.0.0 as it was", () => {
    const older = olderOf(everything);
    const sums = contentOf(older, "src/order_intake/database/migrations/versions.sha256");
    // Of the templates 0.3.0 to 0.5.1.
    expect(sums).toContain(
      "2afe4c728ae908901561f9cca9e4d9413d0705b0c1fd3bbfc6c7023211ebd0dd  versions/0001_items.py\n",
    );
    expect(sums).toMatch(/ {2}versions\/kit_1_0\.py\n$/);
  });

  it("The FastAPI template takes the kit from the wheel in the service, or only from an index", () => {
    const { package_index: _none, ...vendored } = everything;
    expect(contentOf(vendored, "pyproject.toml")).toContain(
      'gennet-service-kit = { path = "vendor/gennet_service_kit-',
    );
    expect(contentOf(vendored, "Dockerfile")).toContain("\nCOPY vendor ./vendor\n");
    expect(contentOf(vendored, ".dockerignore")).toContain("!vendor/\n");
    const project = contentOf(everything, "pyproject.toml");
    expect(project).toContain('gennet-service-kit = { index = "acme" }');
    expect(project).toContain('url = "https://pypi.acme.example/simple/"\nexplicit = true\n');
    expect(contentOf(everything, "Dockerfile")).not.toContain("vendor");
    expect(contentOf(everything, ".dockerignore")).not.toContain("vendor");
  });

  it("The FastAPI template pushes an image with its bill of materials by a role, from the main branch only", () => {
    const workflow = parse(contentOf(everything, ".github/workflows/ci.yaml")) as {
      jobs: { image: { permissions: object; steps: { if?: string; uses?: string; with?: Record<string, unknown> }[] } };
    };
    const { permissions, steps } = workflow.jobs.image;
    expect(permissions).toEqual({ contents: "read", "id-token": "write" });
    const push = steps.find((step) => step.with?.["push"] === true);
    expect(push).toMatchObject({ if: "github.ref == 'refs/heads/main'", with: { sbom: true, provenance: "mode=max" } });
    const named = steps.flatMap(({ uses }) => uses ?? []);
    expect(nonEmpty(named).filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
    expect(steps.find(({ uses }) => uses?.includes("configure-aws-credentials"))?.with).toMatchObject({
      "aws-region": "eu-west-1",
    });
  });

  it("The FastAPI template asks for what render needs", () => {
    expect(shipped.questions.map((question) => question.key)).toEqual(["name", "domain", "owner", "entity"]);
    expect(() => shipped.questions.map((question) => new RegExp(question.pattern ?? ""))).not.toThrow();
  });

  describe.each([
    ["one letter that YAML reads as true", { ...orders, name: "y", domain: "n", owner: "123", regions: [] }],
    ["63 letters", { ...orders, name: "a".repeat(63), domain: "d".repeat(63), owner: "group:default/team" }],
    ["dashes and digits", orders],
    ["callers and dependencies", { ...orders, depends_on: ["y", "pay-out"], called_by: ["n", "b-2"] }],
    ["everything, and the longest entity", everything],
    ["everything, made before 1.0.0", olderOf(everything)],
  ] satisfies [string, Answers][])("with a name of %s", (_title, answers) => {
    const files = render(shipped, answers);

    it("The FastAPI template renders the same files again", () => {
      expect(render(shipped, answers)).toEqual(files);
    });

    it.each(files.map((file) => [file.path, file.content]))(
      "The FastAPI template renders %s without trailing spaces",
      (_path, content) => {
        expect(content).toMatch(/[^\n]\n$/);
        expect(content).not.toMatch(/[ \t]$|\r|<%|%>|undefined/m);
      },
    );

    it.each(nonEmpty(files.filter((file) => file.path.endsWith(".py"))).map((file) => [file.path, file.content]))(
      "The FastAPI template renders %s within its line length",
      (_path, content) => {
        expect(content.split("\n").filter((line) => line.length > 100)).toEqual([]);
      },
    );

    const yaml = nonEmpty(files.filter((file) => file.path.endsWith(".yaml")));
    it.each(yaml.map((file) => [file.path, file.content]))(
      "The FastAPI template renders %s as valid YAML",
      (_path, content) => {
        expect(parseAllDocuments(content, { version: "1.1" }).flatMap((document) => document.errors)).toEqual([]);
      },
    );
  });
});

function olderOf({ made_with: _none, ...answers }: Answers): Answers {
  return { ...answers, entity: "item" };
}
