import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Ended, run, runGennet } from "./cli.ts";
import { referees } from "./referees.ts";

/** What a test does in a sandbox, and the programs that gennet's results are compared with. */
export interface SandboxCommands {
  /** Runs `gennet sandbox COMMAND` for this sandbox, with -o json. */
  sandbox(command: string, ...argv: string[]): Promise<Ended>;
  /** Runs any other command of gennet, in the region's context. */
  gennet(argv: readonly string[], hear?: (chunk: string) => void): Promise<Ended>;
  /** Runs a program and returns stdout; rejects if the program fails. */
  succeed(program: string, ...argv: string[]): Promise<string>;
  kubectl(...argv: string[]): Promise<string>;
  apply(...objects: object[]): Promise<void>;
  /** Adds files to the GitOps repository; returns the commit. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
}

export interface SandboxPlace {
  readonly name: string;
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
  /** The working folder. */
  readonly work: string;
  /** The URL of the GitOps repository. */
  readonly gitops: string;
}

export function sandboxCommands({ name, region, env, work, gitops }: SandboxPlace): SandboxCommands {
  const succeed = async (program: string, ...argv: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await run(program, argv, { env, cwd: work });
    if (exit !== 0) throw new Error(`${program} ${argv.join(" ")} ended with ${exit}: ${stderr}`);
    return stdout;
  };
  const kubectl = async (...argv: string[]): Promise<string> => succeed((await referees()).kubectl, ...argv);
  return {
    sandbox: (command, ...argv) => runGennet(["sandbox", command, "--name", name, "-o", "json", ...argv], { env }),
    gennet: (argv, hear = () => undefined) => runGennet([...argv, "--context", region], { env, cwd: work, hear }),
    succeed,
    kubectl,
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
      await succeed("git", "clone", "--quiet", gitops, copy);
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
  };
}
