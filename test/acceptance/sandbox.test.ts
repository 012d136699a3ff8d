import { spawn } from "node:child_process";
import { access, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { processesIn } from "../../sandbox/src/processes/daemon.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import { launcher, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { nonEmpty } from "../support/non-empty.ts";

/** A second sandbox, in addition to the one that all acceptance tests share: this one may be damaged. */
const shared = inject("sandbox");
const name = "side";
let stateHome: string;
let env: Record<string, string>;

const gennet = (...argv: string[]) => runGennet(argv, { env });
const sandbox = (command: string, ...argv: string[]) => gennet("sandbox", command, "--name", name, ...argv);
const up = (...argv: string[]) => sandbox("up", "-o", "json", ...argv);
const root = (): string => join(stateHome, "gennet", "sandbox", name);
const running = async () => processesIn(await processTable(), root());

interface Component {
  readonly awsRegion?: string;
  readonly component: string;
  readonly state: string;
  readonly port: number;
  readonly pid?: number;
  readonly residentBytes?: number;
}

async function status(): Promise<{ exit: number | null; items: readonly Component[] }> {
  const { exit, stdout } = await sandbox("status", "-o", "json");
  return { exit, items: (JSON.parse(stdout) as { items: Component[] }).items };
}

async function variables(): Promise<Record<string, string>> {
  const { stdout } = await sandbox("env", "-o", "json");
  return (JSON.parse(stdout) as { variables: Record<string, string> }).variables;
}

/** Kills a component like a crash, and waits until it is gone. */
async function crash(component: string): Promise<void> {
  const pid = (await status()).items.find((item) => item.component === component)?.pid as number;
  process.kill(pid, "SIGKILL");
  await expect.poll(async () => (await processTable()).has(pid)).toBe(false);
}

beforeAll(async () => {
  stateHome = await mkdtemp(join(tmpdir(), "gennet-side-"));
  env = { XDG_STATE_HOME: stateHome };
  const { exit, stderr } = await up("--regions", "eu-central-1");
  if (exit !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await sandbox("down");
  await rm(stateHome, { recursive: true, force: true });
});

describe("a running sandbox", () => {
  it("A running sandbox has every component running within one gibibyte per region", async () => {
    const { exit, items } = await status();
    expect(exit).toBe(0);
    expect(items.map((item) => `${item.component} ${item.state}`).sort()).toEqual([
      "aws running",
      "etcd running",
      "kube-apiserver running",
      "kube-controller-manager running",
      "kube-scheduler running",
      "kwok running",
    ]);
    const region = items.filter((item) => item.awsRegion === "eu-central-1");
    expect(region.reduce((sum, item) => sum + (item.residentBytes ?? 0), 0)).toBeLessThan(2 ** 30);
  });

  it("A sandbox runs next to another one, with its own ports", async () => {
    const { stdout } = await runGennet(["sandbox", "status", "--name", shared.name, "-o", "json"], {
      env: { XDG_STATE_HOME: shared.stateHome },
    });
    const theirs = (JSON.parse(stdout) as { items: Component[] }).items.map((item) => item.port);
    const own = (await status()).items.map((item) => item.port);
    expect(nonEmpty(theirs).filter((port) => own.includes(port))).toEqual([]);
  });

  it("A sandbox serves the API definitions of Istio, Argo CD and External Secrets to kubectl", async () => {
    const answer = await run("kubectl", ["get", "crd", "-o", "name"], { env: await variables() });
    expect(answer).toMatchObject({ exit: 0 });
    for (const group of ["security.istio.io", "argoproj.io", "external-secrets.io"]) {
      expect(answer.stdout).toContain(`.${group}`);
    }
  });

  it("A sandbox shows no secret in its files to other users, nor on a command line", async () => {
    const { stdout } = await run("find", [root(), "-perm", "/077"]);
    expect(stdout.split("\n").filter((path) => path !== "" && !path.includes("/etcd/"))).toEqual([]);
    const secret = (await variables())["AWS_SECRET_ACCESS_KEY"] as string;
    expect(nonEmpty(await running()).filter((entry) => entry.args.join(" ").includes(secret))).toEqual([]);
  });

  it("A running sandbox rejects other regions than its own", async () => {
    const { exit, stderr } = await sandbox("up", "--regions", "us-east-1");
    expect(exit).toBe(2);
    expect(stderr).toContain("SANDBOX_REGIONS_FIXED");
  });
});

describe("the documents of the sandbox commands", () => {
  it.each([
    ["up", "SandboxUp"],
    ["status", "SandboxStatus"],
    ["env", "SandboxEnv"],
  ])("gennet sandbox %s returns a %s that matches its published schema", async (command, kind) => {
    const document = JSON.parse((await sandbox(command, "-o", "json")).stdout) as { kind: string };
    expect(document.kind).toBe(kind);
    assertDocument(document);
  });
});

describe("a damaged sandbox", () => {
  it("A sandbox restarts only a killed API server, with its stored data", async () => {
    const kubectl = async (...argv: string[]) => run("kubectl", argv, { env: await variables() });
    expect(await kubectl("create", "namespace", "kept")).toMatchObject({ exit: 0 });
    await crash("kube-apiserver");
    const seen = await status();
    expect(seen.exit).toBe(3);
    expect(seen.items.filter((item) => item.state === "stopped").map((item) => item.component)).toEqual([
      "kube-apiserver",
    ]);

    const { exit, stdout } = await up();
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      started: ["eu-central-1/kube-apiserver"],
      aws: { resourcesLost: false },
    });
    expect(await kubectl("get", "namespace", "kept")).toMatchObject({ exit: 0 });
    expect(await kubectl("get", "--raw", "/readyz")).toMatchObject({ exit: 0, stdout: "ok" });
  });

  it("A sandbox reports that AWS resources are lost if the AWS endpoint was restarted", async () => {
    await crash("aws");
    const { exit, stdout, stderr } = await up();
    expect({ exit, document: JSON.parse(stdout) }).toMatchObject({
      exit: 0,
      document: { started: ["aws"], aws: { resourcesLost: true } },
    });
    expect(stderr).toContain("has lost its resources");
  });

  it("A sandbox never reuses addresses of earlier pods after a restart of kwok", async () => {
    const kubectl = async (...argv: string[]) => run("kubectl", argv, { env: await variables() });
    const address = async (pod: string): Promise<string> =>
      (await kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIP}")).stdout;
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } };
    expect(
      await run("sh", ["-c", 'printf %s "$NODE" | kubectl apply -f -'], {
        env: { ...(await variables()), NODE: JSON.stringify(node) },
      }),
    ).toMatchObject({ exit: 0 });
    await kubectl("run", "before", "--image", "none");
    await expect.poll(() => address("before"), { timeout: 30_000 }).toMatch(/^10\./);
    await crash("kwok");
    expect(await up()).toMatchObject({ exit: 0 });
    await kubectl("run", "after", "--image", "none");
    await expect.poll(() => address("after"), { timeout: 30_000 }).toMatch(/^10\./);
    expect(await address("after")).not.toBe(await address("before"));
  });
});

describe("gennet sandbox down", () => {
  it("gennet sandbox down leaves no process and no file, even if `up` was killed halfway", async () => {
    expect(await sandbox("down")).toMatchObject({ exit: 0 });
    expect(await running()).toEqual([]);
    const child = spawn(process.execPath, [launcher, "sandbox", "up", "--name", name, "-q"], {
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    const died = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    await expect.poll(async () => (await running()).length, { timeout: 60_000 }).toBeGreaterThan(0);
    child.kill("SIGKILL");
    await died;

    const { exit, stdout } = await sandbox("down", "-o", "json");
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ existed: true });
    assertDocument(JSON.parse(stdout));
    expect(await running()).toEqual([]);
    await expect(access(root())).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readdir(join(stateHome, "gennet", "sandbox"))).toEqual([]);
  });

  it("gennet sandbox down succeeds if there is no sandbox", async () => {
    const { exit, stdout } = await sandbox("down");
    expect(exit).toBe(0);
    expect(stdout).toContain(`There is no sandbox named ${name}`);
  });
});
