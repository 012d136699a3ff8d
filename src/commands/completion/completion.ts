import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const shells = ["bash", "zsh", "fish"] as const;

const args = { shell: argument.choice("SHELL", shells, "the shell to generate the script for") };

export type CompletionInput = { readonly shell: (typeof shells)[number] };

export const completion = declare({
  path: ["completion"],
  summary: "print a shell completion script",
  examples: [
    {
      run: "source <(gennet completion bash)",
      says: "Enable it in this bash session; add the line to ~/.bashrc to enable it permanently",
    },
    { run: "source <(gennet completion zsh)", says: "Enable it in this zsh session, after compinit" },
    { run: "gennet completion fish > ~/.config/fish/completions/gennet.fish", says: "Enable it in every fish session" },
  ],
  args,
  flags: {},
  answers: "Completion",
});
