import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, run, runGennet } from "./cli.ts";
import { referees } from "./referees.ts";

/** A sandbox of one region that one test file starts and ends. */
export interface OwnSandbox {
  /** What `gennet sandbox env` prints. */
  readonly variables: Readonly<Record<string, string>>;
  /** XDG_STATE_HOME of commands that look for the sandbox by its name. */
  readonly stateHome: string;
  /** Runs `gennet sandbox COMMAND` for it; returns stdout. */
  sandbox(command: string, ...argv: string[]): Promise<string>;
  kubectl(...argv: string[]): Promise<Ended>;
  /** Applies objects server-side. */
  apply(...objects: readonly object[]): Promise<void>;
  end(): Promise<void>;
}

/** Returns stdout of a program that succeeded. */
export async function stdoutOf(ended: Promise<Ended>): Promise<string> {
  const { exit, stdout, stderr } = await ended;
  if (exit !== 0) throw new Error(stderr);
  return stdout;
}

/** Starts the sandbox in its own state folder. Programs that are not cached are compiled first. */
export async function startOwnSandbox(
  name: string,
  region: string,
  ...options: readonly string[]
): Promise<OwnSandbox> {
  const stateHome = await mkdtemp(join(tmpdir(), `gennet-${name}-`));
  const { kubectl } = await referees();
  const call = (command: string, ...argv: string[]) =>
    runGennet(["sandbox", command, "--name", name, ...argv], { env: { XDG_STATE_HOME: stateHome } });
  const sandbox = (command: string, ...argv: string[]) => stdoutOf(call(command, ...argv));
  const end = async (): Promise<void> => {
    await call("down");
    await rm(stateHome, { recursive: true, force: true });
  };
  try {
    await sandbox("up", "--regions", region, "--clock-scale", "1000", ...options);
    const { variables } = JSON.parse(await sandbox("env", "-o", "json")) as Pick<OwnSandbox, "variables">;
    const own = (...argv: string[]): Promise<Ended> => run(kubectl, argv, { env: variables });
    return {
      variables,
      stateHome,
      sandbox,
      kubectl: own,
      async apply(...objects) {
        const file = join(stateHome, "objects.yaml");
        await writeFile(file, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
        await stdoutOf(own("apply", "--server-side", "--validate=false", "-f", file));
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
