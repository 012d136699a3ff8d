import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGennet } from "./cli.ts";
import { assertDocument } from "./documents.ts";
import { type SandboxCommands, sandboxCommands } from "./sandbox-commands.ts";

interface Addresses {
  readonly gitops: string;
  readonly regions: readonly { readonly prometheus: string; readonly otlp: string; readonly istiodDebug: string }[];
}

/** A sandbox of profile full with one region, and the programs that gennet's results are compared with. */
export interface FullSandbox extends SandboxCommands {
  readonly env: Readonly<Record<string, string>>;
  readonly full: Addresses;
  /** The sandbox's folder. */
  readonly root: string;
  /** The working folder of `gennet` and `succeed`. */
  readonly work: string;
  argocd(...argv: string[]): Promise<string>;
  down(): Promise<void>;
}

/** Programs that are not cached are compiled first, which takes a quarter of an hour. */
export async function fullSandbox(name: string, region: string, ...flags: readonly string[]): Promise<FullSandbox> {
  const work = await mkdtemp(join(tmpdir(), "gennet-full-"));
  let env: Record<string, string> = { XDG_STATE_HOME: join(work, "state") };
  const root = join(work, "state", "gennet", "sandbox", name);
  const gennetSandbox = (command: string) => runGennet(["sandbox", command, "--name", name, "-o", "json"], { env });
  const down = async (): Promise<void> => {
    await gennetSandbox("down");
    await rm(work, { recursive: true, force: true });
  };

  const profile = ["--profile", "full", "--clock-scale", "1000", ...flags];
  const up = await runGennet(["sandbox", "up", "--name", name, "-o", "json", "--regions", region, ...profile], {
    env,
    show: true,
  });
  if (up.exit !== 0) {
    await down();
    throw new Error(`sandbox up --profile full ended with ${up.exit}`);
  }
  assertDocument(JSON.parse(up.stdout));
  const shown = JSON.parse((await gennetSandbox("env")).stdout) as {
    full: Addresses;
    variables: Record<string, string>;
  };
  assertDocument(shown);
  env = { ...env, ...shown.variables };
  const { full } = shown;

  const commands = sandboxCommands({ name, region, env, work, gitops: full.gitops });
  return {
    ...commands,
    env,
    full,
    root,
    work,
    argocd: (...argv) => commands.succeed(join(root, "bin", "argocd"), ...argv),
    down,
  };
}
