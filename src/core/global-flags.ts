import { flag, type Flag, type Input } from "./command.ts";

const outputs = ["table", "wide", "json", "yaml", "ndjson"] as const;

/** The flags of every command. */
export const globalFlags = {
  output: { ...flag.choice("FORMAT", outputs, "table", "output format"), short: "o" },
  region: flag.list("NAME", "limit to these regions of gennet.yaml"),
  context: flag.list("NAME", "use these kubeconfig contexts, without a gennet.yaml"),
  namespace: { ...flag.text("NAME", "limit to this namespace"), short: "n" },
  config: flag.text("FILE", "the gennet.yaml to use (default: the nearest one)"),
  timeout: flag.duration("time limit for the whole command"),
  requestTimeout: flag.durationOr(15_000, "time limit for a single request"),
  noInput: flag.switch("never prompt; fail if an answer is missing"),
  verbose: { ...flag.switch("show retries and their reasons"), short: "v" },
  quiet: { ...flag.switch("print only the answer and errors"), short: "q" },
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
