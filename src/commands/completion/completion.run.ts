import type { Context } from "../../context.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { CompletionInput } from "./completion.ts";

export interface Completion {
  readonly kind: "Completion";
  readonly shell: CompletionInput["shell"];
  readonly script: string;
}

/**
 * Each script passes the words up to the cursor to `gennet complete`, which prints one candidate per line with a tab
 * and its description. Without candidates, the shell completes file names.
 */
const scripts: Readonly<Record<CompletionInput["shell"], string>> = {
  bash: `_gennet() {
  COMPREPLY=()
  local value says
  while IFS=$'\\t' read -r value says; do
    COMPREPLY+=("$value")
  done < <(command gennet complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _gennet gennet
`,
  zsh: `#compdef gennet
_gennet() {
  local -a candidates
  local value says
  while IFS=$'\\t' read -r value says; do
    candidates+=("\${value//:/\\\\:}:$says")
  done < <(command gennet complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe gennet candidates
  else
    _files
  fi
}
compdef _gennet gennet
`,
  fish: `function __gennet_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l candidates (command gennet complete -- $words[2..-1] 2>/dev/null)
  if test (count $candidates) -gt 0
    printf '%s\\n' $candidates
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c gennet -e
complete -c gennet -f -a '(__gennet_complete)'
`,
};

export async function run({ shell }: CompletionInput, _context: Context): Promise<Outcome<Completion>> {
  return { exit: exit.ok, document: { kind: "Completion", shell, script: scripts[shell] } };
}

export function present(document: Completion): string {
  return document.script;
}
