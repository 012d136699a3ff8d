import type { Flag } from "./command.ts";
import { variableName } from "./global-flags.ts";

const words: Readonly<Record<string, boolean>> = {
  "1": true,
  true: true,
  yes: true,
  on: true,
  "0": false,
  false: false,
  no: false,
  off: false,
};

/**
 * Returns the value of a flag from its `GENNET_…` variable; undefined if the variable is not set or empty. Throws an
 * Error whose message completes "GENNET_X: …".
 */
export function readVariable(key: string, flag: Flag, env: Readonly<Record<string, string | undefined>>): unknown {
  const text = flag.variable === false ? undefined : env[variableName(key)];
  return text === undefined || text === "" ? undefined : readText(flag, text);
}

/** Parses a flag's text according to its declaration. Throws an Error that describes what was expected. */
export function readText(flag: Flag, text: string): unknown {
  if (flag.shape === "switch") return readSwitch(text);
  if (flag.repeated === true) return [text];
  if (flag.shape === "list") return text.split(",").filter((part) => part !== "");
  if (flag.choices !== undefined && !flag.choices.includes(text)) {
    throw new Error(`"${text}" is not one of ${flag.choices.join(", ")}`);
  }
  return flag.parse === undefined ? text : flag.parse(text);
}

function readSwitch(text: string): boolean {
  const value = words[text.toLowerCase()];
  if (value === undefined) throw new Error(`"${text}" is neither true nor false`);
  return value;
}
