import type { Fingerprints, ContainerValues } from "./port.ts";

/**
 * The script that computes fingerprints of values in a container, like `SecretValue`. It reads the key from standard
 * input, and writes a line for each value, `-` for a missing one. printf is a shell built-in, so that no value is an
 * argument of a process. Its variables begin with `gennet__`, so that they do not collide with those of the container.
 * Exit 9: there is no sha256sum.
 */
const script = `command -v sha256sum > /dev/null || exit 9
IFS= read -r gennet__k
for gennet__w do
  gennet__n=\${gennet__w#?:} gennet__i=
  case $gennet__w in
    v:*) eval "gennet__i=\\\${$gennet__n+x}"
      [ "$gennet__i" ] && eval "gennet__v=\\$$gennet__n" &&
        gennet__i=$(printf %s%s "$gennet__k" "$gennet__v" | sha256sum) ;;
    f:*) [ -r "$gennet__n" ] && gennet__i=$({ printf %s "$gennet__k"; cat "$gennet__n"; } | sha256sum) ;;
  esac
  case $gennet__i in '') echo -; continue ;; esac
  gennet__o=$(printf %s%s "$gennet__k" "\${gennet__i%% *}" | sha256sum) || exit 9
  echo "\${gennet__o%% *}"
done`;

/**
 * Returns the command for these values. A variable that no shell can name, or that shells set themselves, has no
 * fingerprint.
 */
export function fingerprintCommand(values: ContainerValues["values"]): string[] {
  const words = values.map(({ as, at }) => (as === "file" ? `f:${at}` : `v:${isGiven(at) ? at : "gennet__"}`));
  return ["sh", "-c", script, "sh", ...words];
}

const nameable = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html, and those of dash and ash. */
const ownOfShells =
  /^(?:_|IFS|PWD|OLDPWD|PPID|UID|EUID|GROUPS|RANDOM|SRANDOM|SECONDS|LINENO|SHLVL|SHELLOPTS|OPT(?:ARG|IND|ERR)|PS[0-4]|DIRSTACK|FUNCNAME|HISTCMD|HOSTNAME|HOSTTYPE|MACHTYPE|OSTYPE|PIPESTATUS|EPOCH.*|BASH.*|COMP_.*|gennet__.*)$/;

function isGiven(name: string): boolean {
  return nameable.test(name) && !ownOfShells.test(name);
}

/** Returns one fingerprint for each value, or undefined if the output is something else. */
export function readFingerprints(stdout: string, count: number): Fingerprints {
  const lines = stdout.trimEnd().split("\n");
  if (lines.length !== count) return undefined;
  return lines.map((line) => (/^[0-9a-f]{64}$/.test(line) ? line : undefined));
}
