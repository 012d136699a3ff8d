import type { Context } from "../../context.ts";

/** Returns the flags with which another command finds the same place: `--context eu`, `--config platform.yaml`. */
export function placeFlags({ options }: Context, context?: string): readonly string[] {
  const contexts = options.context.filter((name) => context === undefined || name === context);
  return [
    ...(options.config === undefined ? [] : ["--config", options.config]),
    ...contexts.flatMap((name) => ["--context", name]),
  ];
}
