import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, run, runGennet } from "./cli.ts";
import { assertDocument } from "./documents.ts";
import { referees } from "./referees.ts";

interface Addresses {
  readonly gitops: string;
  readonly regions: readonly { readonly prometheus: string; readonly otlp: string; readonly istiodDebug: string }[];
}

/** A sandbox of profile full with one region, and the programs that gennet's results are compared with. */
export interface FullSandbox {
  readonly env: Readonly<Record<string, string>>;
  readonly full: Addresses;
  /** The sandbox's folder. */
  readonly root: string;
  /** The working folder of `gennet` and `succeed`. */
  readonly work: string;
  /** Runs `gennet sandbox COMMAND` for this sandbox. */
  sandbox(command: string, ...argv: string[]): Promise<Ended>;
  /** Runs any other command of gennet, in the region's context. */
  gennet(argv: readonly string[], hear?: (chunk: string) => void): Promise<Ended>;
  /** Runs a program and returns stdout; rejects if the program fails. */
  succeed(program: string, ...argv: string[]): Promise<string>;
  kubectl(...argv: string[]): Promise<string>;
  argocd(...argv: string[]): Promise<string>;
  apply(...objects: object[]): Promise<void>;
  /** Adds files to the GitOps repository; returns the commit. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  down(): Promise<void>;
}

/** Programs that are not cached are compiled first, which takes a quarter of an hour. */
export async function fullSandbox(name: string, region: string, ...flags: readonly string[]): Promise<FullSandbox> {
  const work = await mkdtemp(join(tmpdir(), "gennet-full-"));
  let env: Record<string, string> = { XDG_STATE_HOME: join(work, "state") };
  const root = join(work, "state", "gennet", "sandbox", name);
  const sandbox = (command: string, ...argv: string[]): Promise<Ended> =>
    runGennet(["sandbox", command, "--name", name, "-o", "json", ...argv], { env });
  const down = async (): Promise<void> => {
    await sandbox("down");
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
  const shown = JSON.parse((await sandbox("env")).stdout) as { full: Addresses; variables: Record<string, string> };
  assertDocument(shown);
  env = { ...env, ...shown.variables };
  const { full } = shown;

  const succeed = async (program: string, ...argv: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await run(program, argv, { env, cwd: work });
    if (exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${exit}: ${stderr}`);
    return stdout;
  };
  const kubectl = async (...argv: string[]): Promise<string> => succeed((await referees()).kubectl, ...argv);
  return {
    env,
    full,
    root,
    work,
    sandbox,
    gennet: (argv, hear = () => undefined) => runGennet([...argv, "--context", region], { env, cwd: work, hear }),
    succeed,
    kubectl,
    argocd: (...argv) => succeed(join(root, "bin", "argocd"), ...argv),
    apply: async (...objects) => {
      const file = join(work, "objects.yaml");
      // Applied one by one: for a List, kubectl requests the OpenAPI of all kinds, which takes minutes on a busy
      // machine.
      await writeFile(file, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
      // The API server validates the objects. kubectl would download the whole schema: half a minute on a busy machine.
      await kubectl("apply", "--server-side", "--validate=false", "-f", file);
    },
    push: async (files) => {
      const copy = join(work, "copy");
      await rm(copy, { recursive: true, force: true });
      await succeed("git", "clone", "--quiet", full.gitops, copy);
      for (const [path, text] of Object.entries(files)) {
        await mkdir(join(copy, path, ".."), { recursive: true });
        await writeFile(join(copy, path), text);
      }
      await succeed("git", "-C", copy, "add", "--all");
      const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
      await succeed("git", "-C", copy, ...author, "commit", "--quiet", "-m", "A change");
      await succeed("git", "-C", copy, "push", "--quiet", "origin", "main");
      return (await succeed("git", "-C", copy, "rev-parse", "HEAD")).trim();
    },
    down,
  };
}
