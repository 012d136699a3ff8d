import { describe, expect, it } from "vitest";
import type { Reported } from "./report.ts";
import { githubAnnotations } from "./report-github.ts";
import { junit } from "./report-junit.ts";
import { markdown } from "./report-markdown.ts";
import { sarif } from "./report-sarif.ts";

const rule = (id: string): Reported["rules"][number] => ({ id, title: "a <title>", explain: "why", fix: "do" });
const at = { file: "a b/c.yaml", line: 3, column: 5 };
const finding = (id: string, severity: "fail" | "warn" | "unknown" | "skip"): Reported["findings"][number] => ({
  id,
  severity,
  subject: "deployment a",
  summary: 'lacks "x" | & 100%',
  fix: "add it",
  location: at,
  ...(severity === "skip" ? { waiver: { owner: "team", reason: "later" } } : {}),
});
const reported: Reported = {
  version: "1.2.3",
  rules: [rule("a/one"), rule("a/two"), rule("a/three")],
  findings: [finding("a/one", "fail"), finding("a/one", "skip"), finding("a/two", "unknown"), finding("a/two", "warn")],
};

describe("SARIF", () => {
  interface Run {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleIndex: number;
      readonly kind?: string;
      readonly level: string;
      readonly locations: readonly unknown[];
      readonly suppressions?: readonly unknown[];
    }[];
  }
  const [run] = (JSON.parse(sarif(reported)) as { runs: [Run] }).runs;

  it("tells where, by which rule and how bad; unknown is open, waived is suppressed", () => {
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(["a/one", "a/two", "a/three"]);
    expect(run.results.map((each) => [each.ruleIndex, each.kind, each.level, each.suppressions?.length])).toEqual([
      [0, undefined, "error", undefined],
      [0, undefined, "note", 1],
      [1, "open", "none", undefined],
      [1, undefined, "warning", undefined],
    ]);
    expect(run.results[0]?.locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: "a%20b/c.yaml" }, region: { startLine: 3, startColumn: 5 } } },
    ]);
  });
});

describe("GitHub's annotations", () => {
  it("are one escaped line each, of what is wrong", () => {
    expect(githubAnnotations(reported).trimEnd().split("\n")).toEqual([
      '::error file=a b/c.yaml,line=3,col=5,title=a/one::deployment a: lacks "x" | & 100%25%0Aadd it',
      '::warning file=a b/c.yaml,line=3,col=5,title=a/two::unknown: deployment a: lacks "x" | & 100%25%0Aadd it',
      '::warning file=a b/c.yaml,line=3,col=5,title=a/two::deployment a: lacks "x" | & 100%25%0Aadd it',
    ]);
  });
});

describe("JUnit", () => {
  it("has a suite for every rule, and an unknown is an error, never a pass", () => {
    const xml = junit(reported);
    expect(xml).toContain('<testsuite name="a/one" tests="2" failures="1" errors="0" skipped="1">');
    expect(xml).toContain('<testsuite name="a/two" tests="2" failures="0" errors="1" skipped="1">');
    expect(xml).toContain('<testcase classname="a/three" name="a &lt;title&gt;"/>');
    expect(xml).toContain('<failure message="lacks &quot;x&quot; | &amp; 100%">');
  });
});

describe("Markdown", () => {
  it("is a table whose cells stay cells", () => {
    const text = markdown(reported);
    expect(text).toContain("**gennet**: 1 failed, 1 unknown, 1 warning\n");
    expect(text).toContain('| fail | `a b/c.yaml:3` | deployment a | lacks "x" \\| & 100% | add it | `a/one` |');
    expect(markdown({ ...reported, findings: [] })).toBe("**gennet**: nothing found\n");
  });
});
