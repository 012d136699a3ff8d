import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Context, createContext } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import { environmentIn, gitopsOf, platformOf } from "../../../sandbox/src/env.ts";
import { requireState } from "../../../sandbox/src/status.ts";

/** A context of the sandbox: its variables, and a gennet.yaml for it. */
export async function sandboxContext(
  name: string,
  work: string,
  { host, options, signal, emit, preview, suspend, resumable }: Context,
): Promise<{ readonly trialContext: Context; readonly region: string; readonly gitops: string }> {
  const { state, folder } = await requireState(name, { host, signal, emit });
  const gitops = gitopsOf(state, folder);
  if (gitops === undefined) {
    throw new AppError("RUNBOOK_SANDBOX_MISSING", `The sandbox ${name} runs neither profile full nor the platform.`, {
      next: [shell`gennet sandbox up --profile full --name ${name}`],
    });
  }
  const [wished] = options.region;
  const region = state.regions.find(({ awsRegion }) => wished === undefined || awsRegion === wished)?.awsRegion;
  if (region === undefined) throw new AppError("REGION_UNKNOWN", `The sandbox ${name} has no region ${wished}.`);
  await writeFile(join(work, "gennet.yaml"), platformOf(state, folder));
  const env = environmentIn(state, folder, host.env);
  const trialContext = createContext(
    { ...host, env, cwd: work },
    { ...options, config: undefined, context: [], region: [region] },
    signal,
    { emit, preview, suspend, resumable },
  );
  return { trialContext, region, gitops };
}
