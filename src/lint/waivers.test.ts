import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const secret = (note = "", annotations = "{}"): string =>
  `${note}apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: shop, annotations: ${annotations} }\nstringData: { key: hunter2 }\n`;
const terms = "owner=team-shop expires=2026-01-31 reason=moves to ESO in January";
const fileOf = (scope: string): string =>
  `waivers:\n  - { id: secret/manifest, ${scope}, owner: team-shop, reason: later, expires: 2026-01-31 }\n`;
const comment = `# gennet-waive: secret/manifest ${terms}\n`;
const waived = "skip secret/manifest: has a value for key";

describe("a waiver", () => {
  it("A waiver in a comment holds until the end of its last day, for the object that it is in", () => {
    const other = secret().replace("name: a", "name: b");
    const files = { "a.yaml": `${secret(comment)}---\n${other}` };
    expect(told(lintFiles(files, { on: "2026-01-31" }))).toEqual([
      `a.yaml:5 ${waived}`,
      "a.yaml:10 fail secret/manifest: has a value for key",
    ]);
    expect(lintFiles(files, { on: "2026-01-31" })[0]?.waiver).toEqual({
      owner: "team-shop",
      reason: "moves to ESO in January",
      expires: "2026-01-31",
    });
  });

  it("A waiver fails itself once it has expired, in addition to its finding", () => {
    expect(told(lintFiles({ "a.yaml": secret(comment) }, { on: "2026-02-01" }))).toEqual([
      "a.yaml:1 fail waiver/expired: expired after 2026-01-31; owner team-shop, reason: moves to ESO in January",
      "a.yaml:5 fail secret/manifest: has a value for key",
    ]);
  });

  it("A waiver may be in an annotation", () => {
    expect(told(lintFiles({ "a.yaml": secret("", `{ gennet/waive: "secret/manifest ${terms}" }`) }))).toEqual([
      `a.yaml:4 ${waived}`,
    ]);
  });

  it("A waiver without an owner, reason or expiry date has no effect and fails", () => {
    for (const [lacking, says] of [
      ["owner=team-shop", "has no owner"],
      ["reason=moves to ESO in January", "has no reason"],
      ["expires=2026-01-31", "has no expires"],
    ] as const) {
      const findings = told(lintFiles({ "a.yaml": secret(comment.replace(lacking, "")) }));
      expect(findings).toHaveLength(2);
      expect(findings[0]).toContain(`fail waiver/complete: ${says}`);
    }
  });

  it("A waiver that matches nothing is a warning, unless its rule was not selected", () => {
    const files = { "a.yaml": secret(comment).replace("hunter2", "REPLACE_ME") };
    expect(told(lintFiles(files))).toEqual(["a.yaml:1 warn waiver/used: matches no finding"]);
    expect(lintFiles(files, { only: ["mtls"] })).toEqual([]);
  });
});

describe("a waiver in a comment", () => {
  it.each([
    ["after a field", `${secret().trimEnd()} # gennet-waive: secret/manifest ${terms}\n`],
    ["before the dashes that begin its document", `# gennet-waive: secret/manifest ${terms}\n---\n${secret()}`],
    ["without a colon", secret(`# gennet-waive secret/manifest ${terms}\n`)],
    ["with other capitals", secret(`# Gennet-Waive: secret/manifest ${terms}\n`)],
    ["like the annotation", secret(`# gennet/waive: secret/manifest ${terms}\n`)],
    ["with quotes", secret(`# gennet-waive: secret/manifest owner="team shop" expires='2026-01-31' reason="a b"\n`)],
  ])("A waiver in a comment holds %s", (_where, content) => {
    expect(lintFiles({ "a.yaml": content }).map(({ severity, id }) => `${severity} ${id}`)).toEqual([
      "skip secret/manifest",
    ]);
  });

  it("A comment about waivers is not a waiver", () => {
    expect(told(lintFiles({ "a.yaml": secret("# gennet-waive comments are for what is known\n") }))).toEqual([
      "a.yaml:5 fail secret/manifest: has a value for key",
    ]);
  });

  it("A waiver with a date that does not exist does not hold", () => {
    const content = secret(comment.replace("2026-01-31", "2099-02-30"));
    expect(told(lintFiles({ "a.yaml": content }))[0]).toContain("waiver/complete: has no expires");
  });

  it.each([["\r\n"], ["\r"]])("A waiver in a comment holds in a file with line endings %j", (end) => {
    const files = { "a.yaml": secret(comment).replaceAll("\n", end) };
    expect(told(lintFiles(files))).toEqual([`a.yaml:5 ${waived}`]);
  });
});

describe(".gennet/lint.yaml", () => {
  it.each([
    ["waivers: [", "no waiver in this file counts: invalid YAML: "],
    ["waiver: [{ id: secret/manifest }]", "no waiver in this file counts: has no list `waivers`"],
    ["- { id: secret/manifest }", "no waiver in this file counts: has no list `waivers`"],
    ["waivers: { id: secret/manifest }", "no waiver in this file counts: has no list `waivers`"],
    ["waivers: [{ id: secret/manifest }]", "has no owner, no reason, no expires"],
  ])("A waiver file fails if it is invalid: %s", (content, says) => {
    expect(told(lintFiles({ ".gennet/lint.yaml": content, "a.yaml": secret() }))[0]).toContain(
      `.gennet/lint.yaml:1 fail waiver/complete: ${says}`,
    );
  });

  it.each([[""], ["# none yet\n"], ["waivers: []\n"]])("A waiver file may be empty: %j", (content) => {
    expect(lintFiles({ ".gennet/lint.yaml": content })).toHaveLength(1);
  });

  it("A waiver file may end in .yml, and have Windows line endings and paths", () => {
    const content = fileOf("path: 'deploy\\a.yaml'").replaceAll("\n", "\r\n");
    expect(told(lintFiles({ ".gennet/lint.yml": content, "deploy/a.yaml": secret() }))).toEqual([
      `deploy/a.yaml:4 ${waived}`,
    ]);
  });

  it.each(["path: deploy", "path: deploy/a.yaml", "object: secret shop/a", "path: deploy, object: Secret shop/a"])(
    "A waiver file waives by %s, from its folder",
    (scope) => {
      const files = { "orders/.gennet/lint.yaml": fileOf(scope), "orders/deploy/a.yaml": secret() };
      expect(told(lintFiles(files))).toEqual([`orders/deploy/a.yaml:4 ${waived}`]);
    },
  );

  it.each([
    ["the current folder", "", "."],
    ["the current folder, with a slash", "", "./"],
    ["a subfolder", "orders/", "."],
    ["a folder above", "../", "."],
    ["a folder above, for what is in the current one", "../", ".", "a.yaml"],
  ])(
    "A waiver file with path `.` waives everything in the folder that contains .gennet: %s",
    (_, at, path, file = `${at}a.yaml`) => {
      const files = { [`${at}.gennet/lint.yaml`]: fileOf(`path: ${path}`), [file]: secret() };
      expect(told(lintFiles(files))).toEqual([`${file}:4 ${waived}`]);
    },
  );

  it("A waiver file with path `.` waives nothing outside the folder that contains .gennet", () => {
    const files = { "orders/.gennet/lint.yaml": fileOf("path: ."), "carts/a.yaml": secret() };
    expect(lintFiles(files).map(({ id }) => id)).toEqual(["secret/manifest", "waiver/used"]);
  });

  it.each(["path: dep", "object: secret shop/b", "path: other, object: secret shop/a"])(
    "A waiver file waives nothing by %s",
    (scope) => {
      const files = { "orders/.gennet/lint.yaml": fileOf(scope), "orders/deploy/a.yaml": secret() };
      expect(lintFiles(files).map(({ id }) => id)).toEqual(["waiver/used", "secret/manifest"]);
    },
  );
});
