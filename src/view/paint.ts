import { Chalk } from "chalk";
import type { Paint, Tone } from "../core/command.ts";

const styles = {
  good: "green",
  bad: "red",
  warn: "yellow",
  unknown: "magenta",
  dim: "dim",
  strong: "bold",
} as const satisfies Record<Tone, string>;

/** Whether the output is for a log: no colours, and nothing that moves. `CI=false` is how a machine says it is none. */
export function isForLog(env: Readonly<Record<string, string | undefined>>): boolean {
  const isCI = !["", "0", "false"].includes((env["CI"] ?? "").toLowerCase());
  return Boolean(env["NO_COLOR"]) || isCI || env["TERM"] === "dumb";
}

/** Colour where the stream is a terminal and colour is not switched off. */
export function painter(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const chalk = new Chalk({ level: !isTTY || isForLog(env) ? 0 : 1 });
  return (tone, text) => chalk[styles[tone]](text);
}
