import { describe, expect, it } from "vitest";
import type { TextView } from "../core/command.ts";
import type { Finding, Severity } from "../core/finding.ts";
import { closing } from "./findings.ts";
import { regionFindingLines } from "./region-findings.ts";

const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };
const found = (severity: Severity, subject: string, more: Partial<Finding> = {}): Finding => ({
  id: "a/one",
  severity,
  region: "eu",
  subject,
  summary: "says so",
  ...more,
});
const of = (cause: string): Partial<Finding> => ({ id: "a/two", cause: "a/one", causeSubject: cause });

// Terminals show only the first of many findings, as in https://github.com/adrienverge/yamllint/issues/573.
describe("more findings than fit", () => {
  it("If findings do not fit, those that cause a failure are shown before the others", () => {
    const warnings = Array.from({ length: 30 }, (_, at) => found("warn", `w${at}`));
    const lines = regionFindingLines(["eu"], [...warnings, found("fail", "down", of("w29"))], plain);
    expect(lines[2]).toContain("! w29: says so");
    expect(lines[3]).toContain("because of it: down: says so");
    expect(lines.at(-1)).toContain("and 5 more");
  });

  it("If findings do not fit, the most severe symptoms of a cause are shown", () => {
    const symptoms = Array.from({ length: 5 }, (_, at) => found("warn", `w${at}`, of("root")));
    const lines = regionFindingLines(
      ["eu"],
      [found("fail", "root"), ...symptoms, found("fail", "down", of("root"))],
      plain,
    );
    expect(lines[3]).toContain("because of it: down: says so");
    expect(lines.at(-1)).toContain("and 3 more because of it");
  });
});

describe("identical messages of several checks about the same subject", () => {
  it("Identical messages are shown once, below their cause", () => {
    const silent = (id: string) => found("unknown", "proxy a", { ...of("root"), id });
    const lines = regionFindingLines(["eu"], [found("fail", "root"), silent("a/two"), silent("a/three")], plain);
    expect(lines.slice(3)).toEqual(["      because of it: proxy a: says so"]);
  });
});

describe("a finding without a region", () => {
  it("A finding without a region is shown if the regions are taken from the findings", () => {
    const { region: _, ...nowhere } = found("fail", "down");
    expect(regionFindingLines([""], [nowhere], plain)[2]).toContain("✖ down: says so");
  });
});

// https://github.com/stackrox/kube-linter/pull/209, https://github.com/coleam00/cole-medin-knowledge-base/issues/4
describe("the last line", () => {
  it("The last line is never empty: nothing checked differs from nothing wrong", () => {
    expect(closing([found("skip", "calls")], plain)).toBe("nothing was checked (-o wide shows why)");
    expect(closing([], { ...plain, wide: true })).toBe("nothing was checked");
    expect(closing([found("ok", "calls")], plain)).toBe("1 ok");
  });
});

describe("what is not installed", () => {
  const absent = [
    found("skip", "Istio"),
    found("skip", "proxies", of("Istio")),
    found("skip", "sidecars", of("Istio")),
  ];

  it("What was skipped because something is not installed is one line with -o wide, and otherwise not shown", () => {
    expect(regionFindingLines(["eu"], absent, plain)).toEqual([]);
    expect(regionFindingLines(["eu"], absent, { ...plain, wide: true })).toEqual([
      "",
      "eu",
      "  - Istio: says so [a/one]",
      "      skipped because of this: a",
    ]);
  });
});
