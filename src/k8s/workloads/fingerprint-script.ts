import type { Given } from "./port.ts";

/**
 * What a container runs to tell the fingerprints of its values, as `SecretValue` makes them: the key comes in on
 * standard input, a line for each value goes out, `-` where there is none. printf is the shell's own, so no value
 * is ever a word on a command line. Exit 9: there is no sha256sum.
 */
const script = `command -v sha256sum > /dev/null || exit 9
IFS= read -r k
for w do
  n=\${w#?:} i=
  case $w in
    v:*) eval "i=\\\${$n+x}"; [ "$i" ] && eval "v=\\$$n" && i=$(printf %s%s "$k" "$v" | sha256sum) ;;
    f:*) [ -r "$n" ] && i=$({ printf %s "$k"; cat "$n"; } | sha256sum) ;;
  esac
  case $i in '') echo -; continue ;; esac
  o=$(printf %s%s "$k" "\${i%% *}" | sha256sum) || exit 9
  echo "\${o%% *}"
done`;

/** A variable that no shell can name has no fingerprint. */
export function fingerprintCommand(values: Given["values"]): string[] {
  const words = values.map(({ as, at }) => (as === "file" ? `f:${at}` : `v:${nameable.test(at) ? at : "_"}`));
  return ["sh", "-c", script, "sh", ...words];
}

const nameable = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function readFingerprints(stdout: string): (string | undefined)[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => (/^[0-9a-f]{64}$/.test(line) ? line : undefined));
}
