import type { Context } from "../../context.ts";

/** Returns the flags with which another command finds the same places: `--context eu`, `--config platform.yaml`. */
export function placeFlags({ options }: Context): readonly string[] {
  return [
    ...(options.config === undefined ? [] : ["--config", options.config]),
    ...options.context.flatMap((name) => ["--context", name]),
  ];
}
