import { flag, type Flag, type Input } from "./command.ts";

const outputs = ["table", "wide", "json", "yaml", "ndjson"] as const;

/** The flags every command takes. */
export const globalFlags = {
  output: { ...flag.choice("FORMAT", outputs, "table", "how the answer is written"), short: "o" },
  region: flag.list("NAME", "only these regions of gennet.yaml"),
  context: flag.list("NAME", "these kubeconfig contexts; needs no gennet.yaml"),
  namespace: { ...flag.text("NAME", "only this namespace"), short: "n" },
  config: flag.text("FILE", "the gennet.yaml to use instead of the nearest one"),
  timeout: flag.duration("end the whole command after this time"),
  requestTimeout: flag.durationOr(15_000, "give up on a single request after this time"),
  noInput: flag.switch("never ask; a missing answer is an error that names its flag"),
  verbose: { ...flag.switch("tell more: requests that are repeated, and why"), short: "v" },
  quiet: { ...flag.switch("no progress, only the answer and errors"), short: "q" },
} satisfies Record<string, Flag>;

export type GlobalOptions = Input<Record<never, never>, typeof globalFlags>;

/** `requestTimeout` → `request-timeout`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `request-timeout` → `GENNET_REQUEST_TIMEOUT`. */
export function variableName(key: string): string {
  return `GENNET_${flagName(key).replaceAll("-", "_").toUpperCase()}`;
}
