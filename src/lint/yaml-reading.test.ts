import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";
import { parseManifests } from "./parse-manifests.ts";

const ids = (files: Record<string, string>): string[] => told(lintFiles(files));
const head = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";
const dataOf = (content: string): unknown => parseManifests("a.yaml", content, false).manifests[0]?.value["data"];

describe("YAML is read like kubectl reads it", () => {
  it.each([
    ["a mapping between braces that are not indented", 'data: {\n"a": "b"\n}\n', { a: "b" }],
    ["a list between brackets that are not indented", "data:\n  a: [\n1, 2\n]\n", { a: [1, 2] }],
    [
      "brackets in brackets, with comments and quotes",
      'data: {\n\'a}\': [ # ]\n"]\\"", {b: c}\n]\n}\n',
      { "a}": [']"', { b: "c" }] },
    ],
    ["two of them", "data: {\na: {\nb: c\n},\nd: e\n}\n", { a: { b: "c" }, d: "e" }],
    ["tabs between brackets", 'data: {\n\t"a": 1\n}\n', { a: 1 }],
    ["a quoted text that continues in the first column", 'data: { a: "x\ny" }\n', { a: "x y" }],
    [
      "an alias and a merge key",
      "data:\n  p: &p { b: 1 }\n  q: { <<: *p, c: 2 }\n",
      { p: { b: 1 }, q: { b: 1, c: 2 } },
    ],
    ["a key that is there twice", "data:\n  a: 1\n  a: 2\n", { a: 2 }],
    ["yes, no, on and off", "data: { a: yes, b: no, c: on, d: off }\n", { a: true, b: false, c: true, d: false }],
    [
      "octal, binary and hexadecimal numbers",
      "data: { a: 0644, b: 0b11, c: 0x1F, d: 1_000 }\n",
      { a: 420, b: 3, c: 31, d: 1000 },
    ],
    ["a YAML 1.1 time, and a date", "data: { a: 1:30, b: 2001-01-01 }\n", { a: "1:30", b: "2001-01-01" }],
    ["an unknown tag", "data: { a: !vault x }\n", { a: "x" }],
  ])("YAML is read like kubectl reads it: %s", (_, data, value) => {
    expect(parseManifests("a.yaml", head + data, false).unreadable).toEqual([]);
    expect(dataOf(head + data)).toEqual(value);
  });

  it.each([["\r\n"], ["\r"]])("YAML is read with line endings %j", (end) => {
    expect(dataOf(`${head}data:\n  a: |\n    b\n    c\n`.replaceAll("\n", end))).toEqual({ a: "b\nc\n" });
  });

  it("YAML is read with a byte order mark, comments after dashes, empty documents and an end marker", () => {
    const content = `\uFEFF# first\n--- # one\n---\n${head}...\n---\n---   \n# nothing\n---\n${head.replace("name: a", "name: b")}`;
    expect(parseManifests("a.yaml", content, false).manifests.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("YAML keeps its lines and columns if lines between brackets are not indented", () => {
    const { manifests } = parseManifests("a.yaml", `${head}data: {\n"a": "b",\n  "c": "d"\n}\n`, false);
    expect(manifests[0]?.locate(["data", "a"])).toEqual({ file: "a.yaml", line: 5, column: 1 });
    expect(manifests[0]?.locate(["data", "c"])).toEqual({ file: "a.yaml", line: 6, column: 3 });
  });
});

describe("a catalogue entity is read like Backstage reads it", () => {
  const component = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: on }\n";

  it("A catalogue entity's words are text, whatever kubectl reads them as", () => {
    const { manifests } = parseManifests("x.yaml", `${component}spec: { owner: yes, system: 0o17 }\n`, false);
    expect(manifests.map(({ name, value }) => [name, value["spec"]])).toEqual([["on", { owner: "yes", system: 15 }]]);
  });

  it("A catalogue entity is rejected if it has a duplicate key", () => {
    const found = ids({ "catalog-info.yaml": `${component}spec: { owner: a, owner: b }\n` });
    expect(found).toEqual(["catalog-info.yaml:4 fail manifest/readable: invalid YAML: Map keys must be unique"]);
  });
});

describe("a manifest that kubectl rejects", () => {
  it.each([
    ["a tab for indentation", `${head}data:\n\ta: b\n`, 5],
    ["an alias that has no target", `${head}data: *nope\n`, 1],
    ["aliases without end", `${head}data: &a [*a]\n`, 1],
    ["a control character", `${head}data:\n  a: "\u0007"\n`, 5],
    ["brackets that are not closed", `${head}data: {\na: b\n`, 5],
    ["indentation that matches no level", `${head}data:\n    a: b\n  c: d\n`, 6],
  ])(
    "A manifest that kubectl rejects is one finding with its line, and the rest of the file is read: %s",
    (_, content, line) => {
      const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { key: hunter2 }\n";
      const found = ids({ "a.yaml": `${content}---\n${secret}` });
      expect(found[0]).toMatch(new RegExp(`^a\\.yaml:${line} fail manifest/readable: invalid YAML: `));
      expect(found.slice(1)).toEqual([expect.stringContaining("fail secret/manifest: has a value for key")]);
    },
  );

  it("A manifest never crashes the run, however deep it is", () => {
    const deep = `apiVersion: v1\nkind: ConfigMap\ndata: ${"[".repeat(5_000)}\n`;
    expect(ids({ "a.yaml": deep })[0]).toContain("a.yaml:3 fail manifest/readable");
  });
});

describe("braces without quotes, which are not YAML until they are filled in", () => {
  it.each(["{ replicas: {{ n }} }", "{ a: ${N} }", "[${A}, ${B}]"])(
    "Braces without quotes are unknown: %s",
    (value) => {
      expect(ids({ "a.yaml": `${head}data: ${value}\n` })).toEqual([
        "a.yaml:4 unknown manifest/readable: a template, which is not YAML until it is rendered",
      ]);
    },
  );
});

describe("a file whose name marks it as a template", () => {
  it.each(["a.yaml.tpl", "a.yml.j2", "a.json.tftpl", "a.yaml.gotmpl"])(
    "A file whose name marks it as a template is unknown if it has placeholders: %s",
    (file) => {
      const found = ids({ [file]: `${head}data: { a: "\${b}" }\n` });
      expect(found).toEqual([
        `${file}:4 unknown manifest/readable: a template, which is not YAML until it is rendered`,
      ]);
    },
  );
});
