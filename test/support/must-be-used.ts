import { onTestFinished } from "vitest";

/**
 * Fails the test that runs, at its end, if something that it prepared was not used: a scripted answer for which no
 * question came proves nothing. `unused` names what is left then.
 */
export function mustBeUsed(what: string, unused: () => Iterable<string>): void {
  onTestFinished(({ task }) => {
    // A test that has failed may have ended before it came to that.
    if (task.result?.state === "fail") return;
    const left = [...unused()];
    if (left.length > 0) throw new Error(`The test prepared ${what} that nothing used: ${left.join(", ")}`);
  });
}

/**
 * The answers of a stub, one after the other, and then the one for all that is asked later. Fails the test, at its end,
 * if some are left.
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
