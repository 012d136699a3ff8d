import { Chalk } from "chalk";
import type { Paint, Tone } from "../core/command.ts";

const styles = {
  good: "green",
  bad: "red",
  warn: "yellow",
  unknown: "magenta",
  dim: "dim",
  strong: "bold",
  emphasis: "italic",
  code: "cyan",
} as const satisfies Record<Tone, string>;

/**
 * Whether the output is a log: without colours and animations. Some systems set `CI=false` to say that they are not CI.
 */
export function isForLog(env: Readonly<Record<string, string | undefined>>): boolean {
  const isCI = !["", "0", "false"].includes((env["CI"] ?? "").toLowerCase());
  return Boolean(env["NO_COLOR"]) || isCI || env["TERM"] === "dumb";
}

/** Colours are used if the stream is a terminal and they are not disabled. */
export function painter(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const chalk = new Chalk({ level: !isTTY || isForLog(env) ? 0 : 1 });
  return (tone, text) => chalk[styles[tone]](text);
}
