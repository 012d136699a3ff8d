import type { AcceptanceSandbox } from "./acceptance-sandbox.ts";
import { run, runGennet } from "./cli.ts";
import { emulator } from "./emulator.ts";
import { referees } from "./referees.ts";

/** The gennet.yaml and the variables for the acceptance sandbox. */
export interface SandboxEnvironment {
  readonly platform: string;
  readonly variables: Record<string, string>;
}

export async function sandboxEnvironment(sandbox: AcceptanceSandbox): Promise<SandboxEnvironment> {
  const options = { env: { XDG_STATE_HOME: sandbox.stateHome } };
  const env = ["sandbox", "env", "--name", sandbox.name];
  const [shell, platform] = [
    await runGennet([...env, "-o", "json"], options),
    await runGennet([...env, "--platform"], options),
  ];
  for (const ended of [shell, platform]) if (ended.exit !== 0) throw new Error(ended.stderr);
  const { variables } = JSON.parse(shell.stdout) as { variables: Record<string, string> };
  return { platform: platform.stdout, variables: { ...variables, XDG_STATE_HOME: sandbox.stateHome } };
}

/**
 * Removes what an earlier test file left: first the service it ran, while the nodes of its pods still exist, then every
 * AWS resource.
 */
export async function emptied(sandbox: AcceptanceSandbox, service: string): Promise<SandboxEnvironment> {
  const environment = await sandboxEnvironment(sandbox);
  const { kubectl } = await referees();
  for (const region of sandbox.regions) {
    // Deleting a namespace that has pods waits for half of their grace period before it checks again.
    for (const words of [
      ["delete", "deployments", "--namespace", service, "--all", "--cascade=foreground", "--timeout=60s"],
      ["delete", "namespace", service, "--ignore-not-found", "--timeout=60s"],
    ]) {
      const { exit, stderr } = await run(kubectl, ["--context", region, ...words], { env: environment.variables });
      if (exit !== 0) throw new Error(`kubectl ${words.join(" ")}: ${stderr}`);
    }
  }
  await emulator(environment.variables["AWS_ENDPOINT_URL"] ?? "").reset();
  return environment;
}
