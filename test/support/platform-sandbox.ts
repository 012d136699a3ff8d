import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { parse } from "yaml";
import { type Ended, repository, runGennet } from "./cli.ts";

declare module "vitest" {
  export interface ProvidedContext {
    platform: PlatformSandbox;
  }
}

/** The sandbox that the scenarios of a platform share: one region, with everything that `region bootstrap` brings. */
export interface PlatformSandbox {
  readonly name: string;
  readonly region: string;
  /** What `gennet sandbox env` prints, and XDG_STATE_HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** The text of its gennet.yaml. */
  readonly file: string;
  /** The URL of the GitOps repository. */
  readonly gitops: string;
}

/** Brings it up before the first of these scenarios, and removes it after the last, even if tests failed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateHome = await mkdtemp(join(tmpdir(), "gennet-platform-"));
  const [name, region] = ["platform", "eu-central-1"];
  const own = { XDG_STATE_HOME: stateHome };
  const sandbox = (command: string, ...argv: readonly string[]): Promise<Ended> =>
    runGennet(["sandbox", command, "--name", name, ...argv], { env: own, show: command !== "env" });
  const down = async (): Promise<void> => {
    const ended = await sandbox("down");
    if (ended.exit === 0) await rm(stateHome, { recursive: true, force: true });
    else process.exitCode = 1;
  };
  const required = async (running: Promise<Ended>): Promise<string> => {
    const { exit, stdout, stderr } = await running;
    if (exit === 0) return stdout;
    await down();
    throw new Error(`The sandbox of the platform cannot be used: ${stderr}`);
  };
  // AWS lifecycles keep their order, but take little time.
  const flags = ["--profile", "full", "--bare", "--clock-scale", "1000"];
  await required(sandbox("up", "--regions", region, ...flags));
  const { variables } = JSON.parse(await required(sandbox("env", "-o", "json"))) as Pick<Variables, "variables">;
  const file = await required(sandbox("env", "--platform"));
  await writeFile(join(stateHome, "gennet.yaml"), file);
  const server = join(repository, "test", "support", "real-pod");
  await required(sandbox("image", "echo:1", server, "--", "python3", "server.py"));
  const env = { ...own, ...variables };
  await required(runGennet(["region", "bootstrap", "--yes"], { env, cwd: stateHome, show: true }));
  const { gitops } = parse(file) as { readonly gitops: { readonly repository: string } };
  project.provide("platform", { name, region, env, file, gitops: gitops.repository });
  return down;
}

interface Variables {
  readonly variables: Readonly<Record<string, string>>;
}
