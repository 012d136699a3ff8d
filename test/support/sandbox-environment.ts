import type { AcceptanceSandbox } from "./acceptance-sandbox.ts";
import { runGennet } from "./cli.ts";

/** The gennet.yaml and the variables by which the acceptance sandbox is reached. */
export async function sandboxEnvironment(
  sandbox: AcceptanceSandbox,
): Promise<{ platform: string; variables: Record<string, string> }> {
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
