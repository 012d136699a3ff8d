import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { component } from "../support/catalog-folder.ts";
import { callGennet, launcher, run } from "../support/cli.ts";
import { onTerminal } from "../support/terminal.ts";

const platform = `name: shop
domain: shop.example
regions:
  - { name: eu, awsRegion: eu-west-1, accountId: "123456789012", cluster: shop-eu }
  - { name: us, awsRegion: us-east-1, accountId: "123456789012", cluster: shop-us }
`;

let folder = "";
let env: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-completion-"));
  await symlink(launcher, join(folder, "gennet"));
  await writeFile(join(folder, "gennet.yaml"), platform);
  env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, HOME: folder };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function candidates(...words: string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await callGennet(["complete", "--", ...words], { cwd: folder, home: folder });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]));
}

describe("gennet complete", () => {
  it("gennet complete suggests runbooks and the steps of a runbook", async () => {
    expect(await candidates("runbook", "run", "breaker")).toEqual(["breaker-open"]);
    expect(await candidates("runbook", "test", "istiod-down", "mtls")).toEqual(["mtls-not-strict"]);
    expect(await candidates("runbook", "run", "breaker-open", "--from-step", "rep")).toEqual(["replace", "replaced"]);
    expect(await candidates("runbook", "report", "")).toEqual([]);
  });

  it("gennet complete suggests commands and groups, but not itself", async () => {
    expect(await candidates("")).toEqual(expect.arrayContaining(["status", "region", "doctor", "explain", "new"]));
    expect(await candidates("compl")).toEqual(["completion"]);
    expect(await candidates("region", "pl")).toEqual(["plan"]);
    expect(await candidates("nowhere", "")).toEqual([]);
  });

  it("gennet complete suggests the flags of the command and the global ones", async () => {
    expect(await candidates("status", "--s")).toEqual(["--skip", "--strict"]);
    expect(await candidates("status", "--req")).toEqual(["--request-timeout"]);
    expect(await candidates("explain", "--strict")).toEqual([]);
  });

  it("gennet complete suggests choices of flags and arguments, wherever the flag is", async () => {
    expect(await candidates("status", "-o", "j")).toEqual(["json"]);
    expect(await candidates("--output", "y")).toEqual(["yaml"]);
    expect(await candidates("status", "--output", "=", "nd")).toEqual(["ndjson"]);
    expect(await candidates("completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(await candidates("completion", "--verbose", "b")).toEqual(["bash"]);
    expect(await candidates("completion", "bash", "")).toEqual([]);
  });

  it("gennet complete suggests regions, checks and error codes", async () => {
    expect(await candidates("status", "--region", "")).toEqual(["eu", "us"]);
    expect(await candidates("region", "plan", "e")).toEqual(["eu"]);
    expect(await candidates("status", "--only", "nodes")).toEqual(["nodes/ready"]);
    expect(await candidates("breakers", "--only", "g")).toEqual([]);
    expect(await candidates("doctor", "--skip", "machine/g")).toEqual(["machine/git", "machine/go"]);
    expect(await candidates("explain", "CONFIG_INV")).toEqual(["CONFIG_INVALID"]);
  });

  it("gennet complete suggests resources of a region", async () => {
    expect(await candidates("region", "plan", "--only", "access-e")).toEqual(["access-entry"]);
    expect(await candidates("region", "bootstrap", "--except", "load-balancers")).toEqual([]);
    expect(await candidates("region", "destroy", "eu", "--except", "load-balancers")).toEqual(["load-balancers"]);
  });

  it("gennet complete suggests the services of the catalogue, and what can be added to one", async () => {
    await writeFile(join(folder, "catalog-info.yaml"), component("orders"));
    expect(await candidates("service", "describe", "o")).toEqual(["orders"]);
    expect(await candidates("service", "add", "dependency", "")).toEqual(["orders"]);
    expect(await candidates("service", "add", "")).toEqual(["postgres", "redis", "neo4j", "dependency", "caller"]);
    expect(await candidates("service", "check", "o")).toEqual([]);
  });

  it("gennet complete prints nothing if gennet.yaml is invalid", async () => {
    await writeFile(join(folder, "broken.yaml"), "regions: [");
    expect(await candidates("--config", join(folder, "broken.yaml"), "status", "--region", "")).toEqual(["eu", "us"]);
    const { exit, stdout, stderr } = await callGennet(["complete", "--", "status", "--region", ""], { cwd: "/" });
    expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: "", stderr: "" });
  });
});

describe("the scripts, in the shells themselves", () => {
  it("bash completes commands with the printed script", async () => {
    const session = onTerminal("bash", ["--norc", "--noprofile"], { ...env, PS1: "> " });
    await session.until("> ");
    session.type(`cd "${folder}"; source <(gennet completion bash) && echo load""ed\r`);
    await session.until("loaded");
    session.type("gennet compl\t");
    await session.until("gennet completion ");
    session.type("ba\t");
    await session.until("gennet completion bash ");
    session.type("\u0015gennet status --region e\t");
    await session.until("gennet status --region eu ");
    session.type("\u0015gennet status --output=nd\t");
    await session.until("gennet status --output=ndjson ");
    session.type("\u0015exit\r");
    expect((await session.ended).exit).toBe(0);
  });

  it("zsh completes commands with the printed script", async (context) => {
    if (!(await isThere("zsh"))) return context.skip("zsh is not installed on this machine");
    const session = onTerminal("zsh", ["-f"], { ...env, PS1: "> " });
    await session.until("> ");
    session.type(`cd "${folder}"; autoload -U compinit && compinit -u -d "${folder}/zcompdump"\r`);
    session.type("source <(gennet completion zsh) && echo load''ed\r");
    await session.until("loaded");
    session.type("gennet doct\t");
    await session.until("gennet doctor");
    session.type("\u0015gennet status --region e\t");
    await session.until("gennet status --region eu");
    session.type("\u0015exit\r");
    expect((await session.ended).exit).toBe(0);
  });

  it("fish completes commands with the printed script", async (context) => {
    if (!(await isThere("fish"))) return context.skip("fish is not installed on this machine");
    const ask = async (line: string): Promise<string> => {
      const script = `gennet completion fish | source; complete -C "${line}"`;
      return (await run("fish", ["--no-config", "-c", script], { cwd: folder, env })).stdout;
    };
    expect(await ask("gennet compl")).toMatch(/^completion\t/);
    expect(await ask("gennet status --region ")).toBe("eu\teu-west-1\nus\tus-east-1\n");
    expect(await ask("gennet --config gennet.y")).toMatch(/^gennet\.yaml/);
  });
});

async function isThere(program: string): Promise<boolean> {
  return (await run("bash", ["-c", `command -v ${program}`])).exit === 0;
}
