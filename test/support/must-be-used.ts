import { onTestFinished } from "vitest";

/**
 * Fails the current test at its end if something that it prepared was not used: a scripted answer without a question
 * proves nothing. `unused` returns the names of what is left then.
 */
export function mustBeUsed(what: string, unused: () => Iterable<string>): void {
  onTestFinished(({ task }) => {
    // A failed test may have ended before it used everything.
    if (task.result?.state === "fail") return;
    const left = [...unused()];
    if (left.length > 0) throw new Error(`The test prepared ${what} that nothing used: ${left.join(", ")}`);
  });
}

/**
 * Returns a function that returns the answers of a stub in turn, and then the result of `later`. Fails the current test
 * at its end if answers are left.
 */
export function answersInTurn<T>(what: string, answers: readonly T[], later?: () => T): () => T {
  let taken = 0;
  mustBeUsed(what, () => answers.slice(taken).map((_answer, at) => `number ${taken + at + 1} of ${answers.length}`));
  return () => {
    if (taken < answers.length) return answers[taken++] as T;
    if (later === undefined) throw new Error(`There are only ${answers.length} ${what}`);
    return later();
  };
}
