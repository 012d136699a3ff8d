import type { Context } from "../../context.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { shellWord } from "../../core/shell-words.ts";
import { type FullAddresses, fullAddresses } from "../../../sandbox/src/full/addresses.ts";
import { sandboxEnvironment, platformOf } from "../../../sandbox/src/env.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import { type StoreAddress, storeAddresses } from "../../../sandbox/src/stores/addresses.ts";
import { requireState } from "../../../sandbox/src/status.ts";
import type { SandboxEnvInput } from "./env.ts";

export interface SandboxEnv {
  readonly kind: "SandboxEnv";
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Variables that would make the tools ignore the ones set here. */
  readonly unset: readonly string[];
  /** Addresses of the components of the full profile. */
  readonly full?: FullAddresses;
  /** Addresses of the data stores. */
  readonly stores: readonly StoreAddress[];
  /** The text of a gennet.yaml, if requested. */
  readonly platform?: string;
}

export async function run(input: SandboxEnvInput, context: Context): Promise<Outcome<SandboxEnv>> {
  const name = requireName(input.name);
  const { state, folder } = await requireState(name, context);
  const { variables, unset } = sandboxEnvironment(state, folder, context.host.env);
  const platform = input.platform ? { platform: platformOf(state, folder) } : {};
  const stores = storeAddresses(state, folder);
  const addresses = fullAddresses(state, folder);
  const full = addresses === undefined ? {} : { full: addresses };
  return { exit: exit.ok, document: { kind: "SandboxEnv", name, variables, unset, ...full, stores, ...platform } };
}

export function present({ platform, variables, unset }: SandboxEnv): string {
  if (platform !== undefined) return platform;
  return [
    `unset ${unset.join(" ")}`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
  ].join("\n");
}
