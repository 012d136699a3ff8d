import type { Answers } from "../render.ts";
import type { Template } from "../template.ts";

/** Returns the answers of a service, including defaults for questions that were added after it was made. */
export function withEarlierAnswers(template: Template, answers: Answers): Answers {
  const before = template.questions.flatMap((question): [string, string][] =>
    question.before === undefined || question.key in answers ? [] : [[question.key, question.before]],
  );
  return { ...answers, ...Object.fromEntries(before) };
}
