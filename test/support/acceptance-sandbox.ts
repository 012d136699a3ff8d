import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { runGennet } from "./cli.ts";

declare module "vitest" {
  export interface ProvidedContext {
    sandbox: AcceptanceSandbox;
  }
}

/** The sandbox that all acceptance tests share: two empty regions, and the folder with its state. */
export interface AcceptanceSandbox {
  readonly name: string;
  readonly regions: readonly string[];
  /** Variables that point commands at this sandbox. */
  readonly stateHome: string;
}

/**
 * Starts the sandbox before the first acceptance test and removes it after the last one, even if tests failed. Its
 * state has its own folder, so that the user's sandboxes are not affected; compiled programs come from the usual cache.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateHome = await mkdtemp(join(tmpdir(), "gennet-acceptance-"));
  const sandbox: AcceptanceSandbox = { name: `test-${process.pid}`, regions: ["eu-west-1", "us-east-1"], stateHome };
  const env = { XDG_STATE_HOME: stateHome };
  const down = async (): Promise<void> => {
    const ended = await runGennet(["sandbox", "down", "--name", sandbox.name], { env, show: true });
    if (ended.exit === 0) await rm(stateHome, { recursive: true, force: true });
    else process.exitCode = 1;
  };
  // AWS lifecycles keep their order, but take little time.
  const up = ["sandbox", "up", "--name", sandbox.name, "--regions", sandbox.regions.join(","), "--clock-scale", "1000"];
  const { exit } = await runGennet(up, { env, show: true });
  if (exit !== 0) {
    await down();
    throw new Error(`gennet ${up.join(" ")} ended with ${exit}; its messages are above.`);
  }
  project.provide("sandbox", sandbox);
  return down;
}
