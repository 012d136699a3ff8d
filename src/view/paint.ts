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

/** Colour where the stream is a terminal and colour is not switched off. */
export function painter(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const plain = !isTTY || Boolean(env["NO_COLOR"]) || Boolean(env["CI"]) || env["TERM"] === "dumb";
  const chalk = new Chalk({ level: plain ? 0 : 1 });
  return (tone, text) => chalk[styles[tone]](text);
}
