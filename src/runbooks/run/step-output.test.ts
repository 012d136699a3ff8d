import { describe, expect, it } from "vitest";
import { fence, runbookTrial, type RunbookTrial } from "../../../test/support/runbook-trial.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { EndedProgram } from "../../host/run-program.ts";

const planted = "pl4nted value";
const secrets = new Map([["token", new SecretValue(planted)]]);
const hidden = "[redacted] not shown: it may contain the values of secrets";

describe("the output of a step", () => {
  it("A known secret does not become a value through a JSON pointer", async () => {
    const { trial, summary } = await ran("kubectl name=a reads output=found=/a", "get x -o json", {
      stdout: JSON.stringify({ a: `x ${planted}` }),
    });
    expect(summary).toBe("the value at /a for found is secret");
    expect(everything(trial)).not.toContain("pl4nted");
  });

  it("A secret at the cut of a summary is hidden as a whole", async () => {
    const { trial, summary } = await ran('kubectl name=a reads expect="/a == b"', "get x -o json", {
      stdout: JSON.stringify({ a: `${"x".repeat(192)}${planted}` }),
    });
    expect(summary).toMatch(/^expected \/a == b, found "x+\[redact…$/);
    expect(everything(trial)).not.toContain("pl4nt");
  });

  it.each([
    ["kubectl", "get pod a -o json"],
    ["aws", "eks describe-cluster --output=yaml"],
    ["gennet", "status -ojson"],
  ])(
    "The error of a failed step of %s with a structured format is shown and kept, without secrets",
    async (kind, body) => {
      const { trial } = await ran(`${kind} name=a reads`, body, { exit: 1, stderr: `not found: ${planted}\n` });
      expect(trial.said).toContain("  not found: [redacted]");
      expect(trial.kept.get("01-a.log")).toBe("not found: [redacted]\n");
    },
  );

  it("Output that is not the format that was asked for is left out, and standard error stays", async () => {
    const { trial } = await ran("kubectl name=a reads", "get pod a -o json", {
      stdout: "{ data: cGw0bnRlZC1vdGhlcg==",
      stderr: "a warning\n",
    });
    expect(trial.kept.get("01-a.log")).toBe("[redacted] not shown: it is not the json that was asked for\na warning\n");
    expect(everything(trial)).not.toContain("cGw0");
  });

  it("A script that asks a program for JSON is not JSON itself", async () => {
    const { trial } = await ran("shell name=a reads", "kubectl get x -o json > file", { stdout: "written" });
    expect(trial.said).toContain("  written");
    expect(trial.kept.get("01-a.log")).toBe("written");
  });

  it("A document is shown at its end, without secrets, and a long one is shown in part", async () => {
    const { trial } = await ran("kubectl name=a reads", "get x -o json", {
      stdout: JSON.stringify(Array.from({ length: 600 }, (_, at) => at)),
    });
    expect(trial.said).toContain("    0,");
    expect(trial.said).toContain("  … 102 more lines are in 01-a.log");
  });

  it.each([
    ["aws", "secretsmanager get-secret-value --secret-id x", '{\n  "SecretString": "cGw0"\n}'],
    ["aws", "ssm get-parameter --name x --with-decryption", '{"Parameter": {"Type": "SecureString", "Value": "cGw0"}}'],
    ["kubectl", "get --raw /api/v1/secrets", '{"kind": "SecretList", "items": [{"data": {"a": "cGw0"}}]}'],
    ["kubectl", "get secret x -Ao json", '{"kind": "Secret", "metadata": {}, "data": {"a": "cGw0"}}'],
    ["shell", "kubectl get secret x -o json", '{\n"kind": "Secret",\n"metadata": {},\n"data": {"a": "cGw0"}}'],
  ])("%s %s is shown and kept without its secrets", async (kind, body, stdout) => {
    const { trial } = await ran(`${kind} name=a reads`, body, { stdout });
    expect(trial.kept.get("01-a.log")).toContain('"[redacted]"');
    expect(trial.said.join("\n")).toContain('"[redacted]"');
    expect(everything(trial)).not.toContain("cGw0");
  });

  it.each([
    ["kubectl", "get secret db -o jsonpath={.data.password}"],
    ["kubectl", "get secrets.v1. db -o go-template={{.data}}"],
    ["kubectl", "get secret/db -o=custom-columns-file=x"],
    ["kubectl", "get pods,secrets --output jsonpath-as-json={.items}"],
    ["kubectl", "get Secret db -okyaml"],
    ["kubectl", "get -f db.yaml --template={{.data}}"],
    ["aws", "secretsmanager get-secret-value --secret-id x --query SecretString"],
    ["aws", "secretsmanager get-secret-value --secret-id x --output text"],
    ["aws", "--region eu ecr get-login-password"],
  ])("%s %s is neither shown nor kept, and gives no value", async (kind, body) => {
    const { trial, summary } = await ran(`${kind} name=a reads output=found=text`, body, {
      stdout: '"cGw0bnRlZC1vdGhlcg=="',
      stderr: "a warning\n",
    });
    expect(summary).toBe("the value at text for found is secret");
    expect(trial.kept.get("01-a.log")).toBe(`${hidden}\na warning\n`);
    expect(trial.said).toContain(`  ${hidden}`);
    expect(everything(trial)).not.toContain("cGw0");
  });

  it("Parts of other objects are shown, also in a namespace with the name of Secrets", async () => {
    const { trial } = await ran("kubectl name=a reads", "get pods -n secrets -o jsonpath={.items}", {
      stdout: "orders",
    });
    expect(trial.said).toContain("  orders");
  });

  it("A private key that comes line by line is not shown", async () => {
    const stdout = "-----BEGIN PRIVATE KEY-----\ncGw0\n-----END PRIVATE KEY-----\nafter";
    const { trial } = await ran("shell name=a reads", "cat key", { stdout });
    expect(everything(trial)).not.toContain("cGw0");
    expect(trial.said).toContain("  after");
  });

  it.each([
    ["with NUL", "text", "a\u0000b", "contains control characters"],
    ["with a sequence for terminals", "text", "a\u001b[2Jb", "contains control characters"],
    ["of 66 KiB", "text", "a ".repeat(33 << 10), "is longer than 64 KiB"],
    ["of white space", "text", " \n", "is empty"],
    ["that is empty", "/a", '{"a": ""}', "is empty"],
  ])("A value %s fails its own step", async (_what, from, stdout, problem) => {
    const { summary } = await ran(`shell name=a reads output=found=${from}`, "print", { stdout });
    expect(summary).toBe(`the value at ${from} for found ${problem}`);
  });

  it("A value may have lines and tabs", async () => {
    const { trial } = await ran("shell name=a reads output=found=text", "print", { stdout: "a\tb\nc\n" });
    expect(trial.lines.all.join("\n")).toContain(String.raw`a\tb\nc`);
  });

  it("Output that was cut says so in its file, and has no value at a JSON pointer", async () => {
    const { trial, summary } = await ran("shell name=a reads output=found=/a", "print", { stdout: "{", isCut: true });
    expect(summary).toBe("the output is longer than 8 MiB");
    expect(trial.kept.get("01-a.log")).toMatch(/\n… cut at 8 MiB\n$/);
  });

  it("Characters that a terminal interprets are visible in the file of a step", async () => {
    const { trial } = await ran("shell name=a reads", "print", { stdout: "\u001b[2Ja\r\nb\n" });
    expect(trial.kept.get("01-a.log")).toBe("\\u001b[2Ja\nb\n");
  });
});

async function ran(
  info: string,
  body: string,
  end: Partial<EndedProgram>,
): Promise<{ readonly trial: RunbookTrial; readonly summary: string | undefined }> {
  const trial = runbookTrial(fence(info, body), secrets);
  trial.programs.set("", end);
  const { at } = await trial.go();
  return { trial, summary: at?.summary };
}

function everything({ kept, said, lines }: RunbookTrial): string {
  return [...kept.values(), ...said, ...lines.all].join("\n");
}
