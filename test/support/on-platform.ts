import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { type SandboxCommands, sandboxCommands } from "./sandbox-commands.ts";

/** The shared sandbox of a platform, as one test file uses it. */
export interface OnPlatform extends SandboxCommands {
  readonly region: string;
  readonly env: Readonly<Record<string, string>>;
  /** The working folder of `gennet` and `succeed`: it has the platform's gennet.yaml. */
  readonly work: string;
  /** The URL of the GitOps repository. */
  readonly gitops: string;
  /** Runs Argo CD's own command on the Applications in the cluster. */
  argocd(...argv: string[]): Promise<string>;
  /** Ends the use of a file, which has removed what it made in the sandbox. */
  end(): Promise<void>;
}

export async function onPlatform(): Promise<OnPlatform> {
  const { name, region, env, file, gitops } = inject("platform");
  const work = await mkdtemp(join(tmpdir(), "gennet-on-platform-"));
  const commands = sandboxCommands({ name, region, env, work, gitops });
  await writeFile(join(work, "gennet.yaml"), file);
  // Without a server, Argo CD's command reads the namespace of the context.
  const ofArgoCd = join(work, "argocd.yaml");
  await writeFile(ofArgoCd, await commands.kubectl("config", "view", "--raw"), { mode: 0o600 });
  await commands.kubectl("--kubeconfig", ofArgoCd, "config", "set-context", region, "--namespace", "argocd");
  return {
    ...commands,
    region,
    env,
    work,
    gitops,
    argocd: (...argv) => commands.succeed("env", `KUBECONFIG=${ofArgoCd}`, "argocd", ...argv, "--core"),
    end: () => rm(work, { recursive: true, force: true }),
  };
}
