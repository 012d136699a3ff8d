import { printsSecrets } from "../format/only-reads.ts";
import { optionValue } from "./structured.ts";
import type { ProgramCall } from "./world.ts";

/** Options of kubectl whose values could be taken for a kind of objects. */
const valued: readonly string[] = ["-n", "--namespace", "--context", "--cluster", "--user", "-l", "--selector", "-c"];
/** `secret`, `secrets`, `secret/x`, `secrets.v1.`, `pods,secrets`. */
const secretKind = /(?:^|,)secrets?(?:\.[^/,]*)?(?:[/,]|$)/i;
/** Formats of kubectl that print whole objects, or nothing of their data. Others print parts, or in an unknown way. */
const whole: readonly (string | undefined)[] = [undefined, "json", "yaml", "name", "wide"];

/**
 * Returns where standard output may contain secrets: nowhere in particular, in fields whose names say so, as in the
 * output of the stores of AWS, or anywhere, because the command prints only parts of Secrets.
 */
export function secretsIn({ program, args }: ProgramCall): "nowhere" | "fields" | "anywhere" {
  if (program === "aws" && printsSecrets(args))
    return optionValue(args, "--query") === undefined ? "fields" : "anywhere";
  return program === "kubectl" && printsParts(args) && namesSecrets(args) ? "anywhere" : "nowhere";
}

function printsParts(args: readonly string[]): boolean {
  return !whole.includes(optionValue(args, "-o", "--output")) || optionValue(args, "--template") !== undefined;
}

/** A file may name anything. */
function namesSecrets(args: readonly string[]): boolean {
  if (optionValue(args, "-f", "--filename") !== undefined) return true;
  if (optionValue(args, "-k", "--kustomize") !== undefined) return true;
  return args.some((arg, at) => secretKind.test(arg) && !valued.includes(args[at - 1] ?? ""));
}
