import type { Answers } from "../render.ts";
import type { Template } from "../template.ts";

/** The answers of a service, with those that it was made with before a question was asked. */
export function withEarlierAnswers(template: Template, answers: Answers): Answers {
  const before = template.questions.flatMap((question): [string, string][] =>
    question.before === undefined || question.key in answers ? [] : [[question.key, question.before]],
  );
  return { ...answers, ...Object.fromEntries(before) };
}
