import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const shells = ["bash", "zsh", "fish"] as const;

const args = { shell: argument.choice("SHELL", shells, "the shell it is for") };

export type CompletionInput = { readonly shell: (typeof shells)[number] };

export const completion = declare({
  path: ["completion"],
  summary: "print a script that lets a shell complete gennet's commands, flags and names",
  examples: [
    { run: "source <(gennet completion bash)", says: "In this bash; put the line into ~/.bashrc for all of them" },
    { run: "source <(gennet completion zsh)", says: "In this zsh, after compinit" },
    { run: "gennet completion fish > ~/.config/fish/completions/gennet.fish", says: "In every fish" },
  ],
  args,
  flags: {},
  answers: "Completion",
  load: () => import("./completion.run.ts"),
});
