import { describe, expect, it } from "vitest";
import { parseRunbook } from "./parse-runbook.ts";

const front = `---
id: demo
title: Demo
when: always
inputs:
  region: { type: region, summary: The region, from: /region }
  pod: { type: name, summary: The pod }
  token: { summary: A token, secret: true }
---
`;

const fence = (info: string, body: string): string => `\n\`\`\`${info}\n${body}\n\`\`\`\n`;

const undo = fence("shell name=b undo-of=a", "true");

function problems(body: string): string {
  try {
    parseRunbook(`${front}${body}`, "demo.md");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a runbook", () => {
  it("A runbook's steps are its typed fences, with arguments that are split before values are filled in", () => {
    const { steps } = parseRunbook(
      `${front}
# Demo

## Look at the pod
${fence('kubectl name=look timeout=2m expect="exit == 0" output=phase=/status/phase', "kubectl get pod ${pod} -n 'my shop' \\\n  -o json")}
## Delete it
${fence("approve name=agree", "Delete ${pod}?")}
${fence('kubectl when="phase == Running" safe', "delete pod ${pod}")}`,
      "demo.md",
    );
    expect(
      steps.map(({ name, kind, heading, reads, isSafe, line }) => [name, kind, heading, reads, isSafe, line]),
    ).toEqual([
      ["look", "kubectl", "Look at the pod", true, false, 15],
      ["agree", "approve", "Delete it", true, false, 22],
      ["step-3", "kubectl", "Delete it", false, true, 27],
    ]);
    expect(steps[0]?.words).toEqual([["get"], ["pod"], [{ value: "pod" }], ["-n"], ["my shop"], ["-o"], ["json"]]);
    expect(steps[0]).toMatchObject({
      timeoutMs: 120_000,
      expects: [{ left: "exit", operator: "==", right: "0" }],
      outputs: [{ name: "phase", from: "/status/phase" }],
    });
    expect(steps[2]?.when).toEqual({ left: "phase", operator: "==", right: "Running" });
  });

  it("A fence in a list, a quote, a comment, a longer fence or without a type is no step", () => {
    const hidden = [
      "- item\n\n  ```shell\n  rm -rf /\n  ```\n",
      "> ```shell\n> rm -rf /\n> ```\n",
      "<!--\n```shell\nrm -rf /\n```\n-->\n",
      "````markdown\n```shell\nrm -rf /\n```\n````\n",
      "```\nrm -rf /\n```\n",
      "```sh\nrm -rf /\n```\n",
      "    ```shell\n    rm -rf /\n    ```\n",
      "<details>\n```shell\nrm -rf /\n```\n</details>\n",
      "text `shell rm -rf /` text\n",
    ];
    const { steps } = parseRunbook(
      `${front}\n${hidden.join("\ntext\n\n")}\n${fence("shell name=only", "true")}`,
      "demo.md",
    );
    expect(steps.map(({ name }) => name)).toEqual(["only"]);
  });

  it.each([
    ["no step", "# Title\n", "demo.md:1: expected at least one step"],
    ["a fence that is not closed", "\n```shell\ntrue\n", "demo.md:11: the fence is not closed"],
    ["an unknown attribute", fence("shell nmae=x", "true"), 'demo.md:11: a step of kind shell has no attribute "nmae"'],
    ["an attribute without its value", fence("shell name", "true"), "demo.md:11: name needs a value"],
    ["a pipe", fence("kubectl", "get pods | grep x"), "demo.md:11: only a shell step can use |"],
    ["a substitution", fence("kubectl", "get pods $(id)"), "demo.md:11: only a shell step can expand $"],
    ["a backtick", fence("kubectl", "get pods `id`"), "demo.md:11: only a shell step can use `"],
    ["a quote that is not closed", fence("kubectl", "get 'pods"), "demo.md:11: the quote ' is not closed"],
    ["two commands", fence("kubectl", "get pods\nget nodes"), "demo.md:11: one command per step"],
    ["a value that nothing sets", fence("kubectl", "get pod ${name}"), "demo.md:11: nothing sets ${name}"],
    ["a secret as an argument", fence("kubectl", "get pod ${token}"), "demo.md:11: ${token} is secret"],
    [
      "a name that is used twice",
      fence("shell name=a", "true") + fence("shell name=a", "true"),
      'the name "a" is already used in line 11',
    ],
    ["an undo of nothing", fence("shell undo-of=b", "true"), "demo.md:1: expected at least one step"],
    ["a bad regular expression", fence('shell expect="text ~ ["', "true"), "demo.md:11: Invalid regular expression"],
    ["a bad duration", fence("wait", "soon"), 'demo.md:11: wait: "soon" is not a duration'],
    ["a wait that no timer can count", fence("wait", "21d"), 'demo.md:11: wait: expected at most 20d, found "21d"'],
    [
      "a time-out that no timer can count",
      fence("shell timeout=600h", "true"),
      'demo.md:11: timeout: expected at most 20d, found "600h"',
    ],
    [
      "an undo of a step that only reads",
      fence("shell name=a reads", "true") + undo,
      'undo-of: the step "a" changes nothing',
    ],
    [
      "an undo of a command that only reads",
      fence("kubectl name=a", "get pods") + undo,
      'the step "a" changes nothing',
    ],
    ["an undo of a check", fence("check name=a", "pods/running") + undo, 'the step "a" changes nothing'],
    ["an undo of a question", fence("ask name=a", "Why?") + undo, 'the step "a" changes nothing'],
    ["an undo of an approval", fence("approve name=a", "Yes?") + undo, 'the step "a" changes nothing'],
    ["an undo of a wait", fence("wait name=a", "1s") + undo, 'the step "a" changes nothing'],
    [
      "an answer with a name of gennet's",
      fence("ask name=context", "Why?"),
      'demo.md:11: gennet sets the value "context"',
    ],
    [
      "an output with a name of gennet's",
      fence("shell output=evidence=text", "true"),
      'demo.md:11: gennet sets the value "evidence"',
    ],
    [
      "two values that a script cannot tell apart",
      fence("shell output=a-b=text output=a_b=text", "true"),
      'demo.md:11: the values "a-b" and "a_b" share the variable RUNBOOK_A_B',
    ],
    [
      "a step within <details>",
      `<details>\n\n${fence("shell", "true")}\n</details>\n`,
      "demo.md:13: the step is within <details> of line 10",
    ],
    [
      "a step within an element of a paragraph",
      `text\n<details>\n\n${fence("shell", "true")}`,
      "the step is within <details> of line 11",
    ],
    [
      "a step within a comment that has not ended",
      `<div><!--\n\n${fence("shell", "true")}\n--></div>`,
      "the step is within <div> of line 10",
    ],
    [
      "a step within a tag that has not ended",
      `<div title="\n\n${fence("shell", "true")}\n">`,
      "the step is within <div of line 10",
    ],
    [
      "a step after a closing tag in a comment or an attribute",
      `<details>\n<!-- </details> -->\n<a title="</details>"></a>\n\n${fence("shell", "true")}`,
      "the step is within <details> of line 10",
    ],
    ["an empty step", fence("shell", " "), "demo.md:11: the step is empty"],
  ])("A runbook with %s is refused with the line", (_what, body, problem) => {
    expect(problems(body)).toContain(problem);
  });

  it("A step may follow HTML that is closed", () => {
    const closed = `<details open>\n\n<summary>Why</summary>\n\nbecause<br>of <kbd>x</kbd>\n\n<IMG src="x"/>\n\n</DETAILS>\n<!-- <div> -->\n\nRun <name>.\n`;
    expect(problems(`${closed}${fence("shell", "true")}`)).toBe("");
  });

  it("Several steps may undo one step, each with its own condition", () => {
    const steps = [
      fence("shell name=a output=b=text", "echo x"),
      fence('shell name=c undo-of=a when="b == x"', "true"),
      fence("shell name=d undo-of=a", "true"),
    ];
    expect(problems(steps.join(""))).toBe("");
  });

  it("Within quotes, an info string keeps every backslash that escapes neither a quote nor a backslash", () => {
    const info = String.raw`shell expect="text ~ ^\d+\.\d$" expect="text == \"a\"" expect="text contains &amp;\\x" output=a=/b\*c`;
    const { steps } = parseRunbook(`${front}   \`\`\`\`  ${info}  \ntrue\n\`\`\`\`\n`, "demo.md");
    expect(steps[0]?.expects.map(({ right }) => right)).toEqual([String.raw`^\d+\.\d$`, '"a"', String.raw`&amp;\x`]);
    expect(steps[0]?.outputs).toEqual([{ name: "a", from: String.raw`/b\*c` }]);
  });

  it("A file with CRLF and a byte order mark is the same runbook as one without", () => {
    const text = `${front}\n# Demo\n${fence("kubectl", "get pods \\\n  -o json")}${fence('shell expect="text ~ ^a$"', "echo a\necho b")}`;
    const plain = parseRunbook(text, "demo.md");
    expect(plain.steps.map(({ body }) => body)).toEqual(["get pods \\\n  -o json", "echo a\necho b"]);
    for (const other of [text.replaceAll("\n", "\r\n"), `\uFEFF${text}`, text.replaceAll("\n", "\r")])
      expect(parseRunbook(other, "demo.md")).toEqual(plain);
  });

  it.each([
    [
      "a default that is not of its type",
      "a: { type: integer, summary: A, default: x }",
      "r.md:6:44: inputs.a.default: expected a whole number",
    ],
    [
      "a default that is no choice",
      "a: { type: choice, choices: [b], summary: A, default: x }",
      "inputs.a.default: expected one of b",
    ],
    [
      "a default that its pattern refuses",
      "a: { pattern: b+, summary: A, default: x }",
      "inputs.a.default: expected a match of b+",
    ],
    [
      "an input with a name of gennet's",
      "evidence: { summary: A }",
      "r.md:6:13: inputs.evidence: expected another name: gennet sets evidence itself",
    ],
    [
      "two inputs that a script cannot tell apart",
      "a-b: { summary: A }\n  a_b: { summary: A }",
      'r.md:1: inputs: the values "a-b" and "a_b" share the variable RUNBOOK_A_B',
    ],
  ])("A runbook with %s is refused", (_what, input, problem) => {
    const text = `---\nid: demo\ntitle: x\nwhen: y\ninputs:\n  ${input}\n---\n${fence("shell", "true")}`;
    expect(() => parseRunbook(text, "r.md")).toThrow(problem);
  });

  it("A runbook that is named by its ID must have it", () => {
    const text = `${front}${fence("shell", "true")}`;
    expect(() => parseRunbook(text, "runbooks/other.md", "other")).toThrow(
      'runbooks/other.md:2:5: id: expected "other", as the file has this name',
    );
    expect(parseRunbook(text, "runbooks/other.md").id).toBe("demo");
  });

  it("The problems of the front matter have their line and column", () => {
    const text = "---\nid: Demo\ntitle: x\nwhne: y\n---\n";
    expect(() => parseRunbook(text, "r.md")).toThrow(
      /r\.md:2:5: id: expected lower-case letters.*\n.*when: missing.*\nr\.md:4:1: unknown key "whne"/,
    );
    expect(() => parseRunbook("# no front matter\n", "r.md")).toThrow("r.md:1: expected front matter");
  });

  it("A step that is not known to only read may change something", () => {
    const reads = (kind: string, body: string): boolean | undefined =>
      parseRunbook(`${front}${fence(kind, body)}`, "r.md").steps[0]?.reads;
    for (const [kind, body] of [
      ["kubectl", "get pods"],
      ["kubectl", "rollout status deployment/x"],
      ["gennet", "status --only mesh"],
      ["aws", "rds describe-db-clusters"],
      ["aws", "secretsmanager describe-secret --secret-id x"],
      ["shell reads", "true"],
    ] as const) {
      expect([kind, body, reads(kind, body)]).toEqual([kind, body, true]);
    }
    for (const [kind, body] of [
      ["kubectl", "delete pod x"],
      ["kubectl", "-n shop get pods"],
      ["kubectl", "getx pods"],
      ["kubectl", "rollout restart deployment/x"],
      ["gennet", "sync --all"],
      ["aws", "rds failover-db-cluster"],
      ["aws", "secretsmanager get-secret-value --secret-id x"],
      ["aws", "sts get-session-token"],
      ["shell", "true"],
    ] as const) {
      expect([kind, body, reads(kind, body)]).toEqual([kind, body, false]);
    }
  });
});
