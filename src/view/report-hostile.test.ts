import { execFileSync } from "node:child_process";
import { integer, oneof, sample, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { effort } from "../../test/support/effort.ts";
import type { Reported } from "./report.ts";
import { githubAnnotations } from "./report-github.ts";
import { junit } from "./report-junit.ts";
import { markdown } from "./report-markdown.ts";
import { sarif } from "./report-sarif.ts";

/** A termination message, which any container can write. */
const message = "x\u001b[2J\u001b]0;pwn\u0007\u0000\ufffe\ud800\n✔ all is well\n0 failed, 9 ok\u2028::error::faked";

const reportOf = (text: string): Reported => ({
  version: "1",
  rules: [{ id: "pods/running", title: text, explain: text, fix: text }],
  findings: (["fail", "unknown", "warn", "ok", "skip"] as const).map((severity) => ({
    id: "pods/running",
    severity,
    region: text,
    subject: text,
    summary: text,
    fix: text,
    location: { file: text, line: 1, column: 1 },
  })),
});

/* oxlint-disable-next-line no-control-regex -- what no report may have */
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffe\p{Cs}]/u;

describe("a report on a message with control characters", () => {
  const formats = { githubAnnotations, junit, markdown, sarif };

  it.each(Object.entries(formats))("A report contains no control characters of a message: %s", (_name, write) => {
    const text = write(reportOf(message));
    expect(text).toContain("all is well");
    expect(text).not.toMatch(obeyed);
  });

  it("A report has no line that a message made up", () => {
    expect(githubAnnotations(reportOf(message)).trimEnd().split("\n")).toHaveLength(3);
    expect(markdown(reportOf(message)).trimEnd().split("\n")).toHaveLength(7);
  });

  it("A report keeps the whole message if the format allows it: SARIF is JSON", () => {
    expect(sarif(reportOf("a\u001b\nb"))).toContain(String.raw`a\u001b\nb: a\u001b\nb`);
  });
});

describe("JUnit", () => {
  it("A JUnit report is well-formed XML 1.0 for every text that a cluster may send", () => {
    const texts = sample(
      oneof(
        string({ unit: "binary" }),
        string({ unit: integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
      ),
      effort({ daily: 40, nightly: 4_000, seed: 1 }),
    );
    const documents = [message, ...texts].map((text) => junit(reportOf(text)));
    const judge =
      "import json,sys\nfrom xml.parsers.expat import ParserCreate\nfor d in json.load(sys.stdin): ParserCreate().Parse(d.encode(), True)";
    expect(() =>
      execFileSync("python3", ["-c", judge], { input: JSON.stringify(documents), stdio: "pipe" }),
    ).not.toThrow();
  }, 30_000);
});

describe("Markdown", () => {
  it("A Markdown report creates no link, image, HTML or emphasis from a message", () => {
    const [, , , , row = ""] = markdown(reportOf("![x](http://e) <img> &#x200b; **b** _i_ a|b `c`")).split("\n");
    expect(row).toContain(String.raw`!\[x\](http://e) &lt;img> &amp;#x200b; \*\*b\*\* \_i\_ a\|b \`c\``);
  });
});
