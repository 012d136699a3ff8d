import { checkbox, confirm, input, password, select } from "@inquirer/prompts";
import { Interrupted } from "../core/error.ts";
import type { Prompts } from "./host.ts";

/** Prompts are shown on stderr, so that stdout contains only the answer. */
export function inquirerPrompts(): Prompts {
  return {
    text: (question, signal) =>
      asked(
        input(
          {
            message: question.message,
            ...(question.fallback === undefined ? {} : { default: question.fallback }),
            validate: (answer) => question.problem?.(answer) ?? true,
          },
          { output: process.stderr, signal },
        ),
        signal,
      ),
    secret: ({ message }, signal) =>
      asked(password({ message, mask: false }, { output: process.stderr, signal }), signal),
    choice: (question, signal) =>
      asked(
        select(
          { message: question.message, choices: question.choices.map(toChoice) },
          { output: process.stderr, signal },
        ),
        signal,
      ),
    choices: (question, signal) =>
      asked(
        checkbox(
          { message: question.message, choices: question.choices.map(toChoice) },
          { output: process.stderr, signal },
        ),
        signal,
      ),
    confirm: (question, signal) =>
      asked(
        confirm({ message: question.message, default: question.fallback }, { output: process.stderr, signal }),
        signal,
      ),
  };
}

function toChoice(choice: { readonly value: string; readonly says?: string }): {
  value: string;
  name: string;
  description?: string;
} {
  return {
    value: choice.value,
    name: choice.value,
    ...(choice.says === undefined ? {} : { description: choice.says }),
  };
}

/** Ctrl-C at a prompt arrives as an error of the library, not as a signal. */
async function asked<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof Error && error.name === "ExitPromptError") throw new Interrupted("Ctrl-C");
    throw error;
  }
}
