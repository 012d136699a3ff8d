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

  it("A SARIF report shows location, rule and severity; unknown is open, waived is suppressed", () => {
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

/** Findings of one rule about one subject, of which only the last is a failure. */
const crowd = (count: number): Reported["findings"] =>
  Array.from({ length: count }, (_, at) => ({
    ...finding("a/one", at === count - 1 ? "fail" : "warn"),
    summary: `says ${at}`,
  }));

// https://github.com/DavidAnson/markdownlint-cli2/issues/512, https://github.com/stoplightio/spectral/issues/2025:
// GitLab keeps one test of a name. https://github.com/jainal09/envdrift/pull/533: so does code scanning of a fingerprint.
describe("several findings about the same subject", () => {
  const reportedTwice = { ...reported, findings: crowd(3) };

  it("Several findings about the same subject are tests with different names", () => {
    const names = Array.from(junit(reportedTwice).matchAll(/ classname="a\/one" name="([^"]*)"/g), ([, name]) => name);
    expect(names).toEqual([
      "a b/c.yaml:3:5 deployment a",
      "a b/c.yaml:3:5 deployment a (2)",
      "a b/c.yaml:3:5 deployment a (3)",
    ]);
  });

  it("Several findings keep different names if one already has the name of a numbered one", () => {
    const [one, two] = crowd(2);
    const findings = [one, two, { ...one, subject: "deployment a (2)" }] as Reported["findings"];
    const names = Array.from(junit({ ...reported, findings }).matchAll(/one" name="([^"]*)"/g), ([, name]) => name);
    expect(new Set(names).size).toBe(3);
  });

  it("Several findings about the same subject are results with different fingerprints", () => {
    const [run] = (JSON.parse(sarif(reportedTwice)) as { runs: [{ results: { partialFingerprints: object }[] }] }).runs;
    const prints = run.results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
    expect(new Set(prints).size).toBe(3);
    expect(prints[0]).toContain("a/one a b/c.yaml deployment a");
  });
});

// https://github.com/adrienverge/yamllint/issues/573, https://github.com/actions/toolkit/pull/734,
// https://github.com/CROSSINGTUD/CryptoAnalysis/pull/527: GitHub shows ten errors and ten warnings of a step.
describe("more findings than GitHub shows", () => {
  it("GitHub annotations begin with the most severe, and report the number of hidden ones separately", () => {
    const unknown = finding("a/two", "unknown");
    const lines = githubAnnotations({ ...reported, findings: [...crowd(14), unknown] })
      .trimEnd()
      .split("\n");
    expect(lines[0]).toContain("::error file=a b/c.yaml,line=3,col=5,title=a/one::deployment a: says 13");
    expect(lines[1]).toContain("::warning file=a b/c.yaml,line=3,col=5,title=a/two::unknown: ");
    expect(lines.at(-1)).toBe(
      "::notice title=gennet::1 failed, 1 unknown, 13 warnings; GitHub shows 4 of them only in the log",
    );
    expect(githubAnnotations({ ...reported, findings: crowd(11) })).not.toContain("::notice");
  });
});

describe("GitHub's annotations", () => {
  it("GitHub annotations are one escaped line per problem", () => {
    expect(githubAnnotations(reported).trimEnd().split("\n")).toEqual([
      '::error file=a b/c.yaml,line=3,col=5,title=a/one::deployment a: lacks "x" | & 100%25%0Aadd it',
      '::warning file=a b/c.yaml,line=3,col=5,title=a/two::unknown: deployment a: lacks "x" | & 100%25%0Aadd it',
      '::warning file=a b/c.yaml,line=3,col=5,title=a/two::deployment a: lacks "x" | & 100%25%0Aadd it',
    ]);
  });
});

describe("JUnit", () => {
  it("A JUnit report has a suite for every rule, and an unknown is an error, never a pass", () => {
    const xml = junit(reported);
    expect(xml).toContain('<testsuite name="a/one" tests="2" failures="1" errors="0" skipped="1">');
    expect(xml).toContain('<testsuite name="a/two" tests="2" failures="0" errors="1" skipped="1">');
    expect(xml).toContain('<testcase classname="a/three" name="a &lt;title&gt;"/>');
    expect(xml).toContain('<failure message="lacks &quot;x&quot; | &amp; 100%">');
  });
});

describe("Markdown", () => {
  it("A Markdown report is a table whose cells stay cells", () => {
    const text = markdown(reported);
    expect(text).toContain("**gennet**: 1 failed, 1 unknown, 1 warning\n");
    expect(text).toContain('| fail | `a b/c.yaml:3` | deployment a | lacks "x" \\| & 100% | add it | `a/one` |');
    expect(markdown({ ...reported, findings: [] })).toBe("**gennet**: nothing found\n");
  });

  it("A Markdown report does not say that nothing was found if nothing was checked", () => {
    const { waiver: _, ...skipped } = finding("a/one", "skip");
    expect(markdown({ ...reported, findings: [skipped] })).toBe("**gennet**: nothing was checked\n");
    expect(markdown({ ...reported, findings: [finding("a/one", "skip")] })).toBe("**gennet**: nothing found\n");
  });

  // https://github.com/renovatebot/renovate/issues/2032, https://github.com/pulumi/actions/issues/482
  it("A Markdown report fits in a comment of 65,536 characters, the most severe first, and reports how many do not fit", () => {
    const text = markdown({ ...reported, findings: crowd(2_000) });
    expect(text.length).toBeLessThan(65_536);
    expect(text.length).toBeGreaterThan(60_000);
    expect(text).toContain("**gennet**: 1 failed, 1999 warnings\n");
    expect(text.split("\n")[4]).toContain("| fail | `a b/c.yaml:3` | deployment a | says 1999 |");
    const rows = text.split("\n").filter((line) => line.startsWith("| warn")).length;
    expect(text.endsWith(`\nand ${1999 - rows} warnings more, which do not fit in a comment\n`)).toBe(true);
  });

  it("A Markdown report reports the number of findings if not even the first one fits", () => {
    const long = { ...finding("a/one", "fail"), summary: "x".repeat(70_000) };
    const text = markdown({ ...reported, findings: [long] });
    expect(text).toContain("and 1 failed more, which do not fit in a comment");
    expect(text.length).toBeLessThan(65_536);
  });

  // https://github.com/github/cmark-gfm/issues/181, https://github.com/agent-sh/agnix/issues/924
  it("A Markdown report mentions no user and no issue that a message names", () => {
    const text = markdown({
      ...reported,
      findings: [{ ...finding("a/one", "fail"), summary: "by @octo/team, see #12" }],
    });
    expect(text).toContain("by @<!-- -->octo/team, see #<!-- -->12");
  });
});
