import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import { checkEntity } from "../entity.ts";
import { checkFeatures } from "../features.ts";
import { checkPeers } from "../peer.ts";
import { answersFile } from "../render.ts";
import type { Template } from "../template.ts";
import type { ServiceRecord } from "./record.ts";

/**
 * Validates answers, which users edit by hand, by the same rules as `gennet new service`. Throws
 * SCAFFOLD_RECORD_INVALID for the first invalid one.
 */
export function checkAnswers({ answers }: ServiceRecord, template: Template, shown: string): void {
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(answers));
  const file = `${shown}/${answersFile}`;
  const refused = (problem: string): AppError =>
    new AppError("SCAFFOLD_RECORD_INVALID", `${file} is invalid: ${problem}.`, {
      next: [shell`git diff HEAD -- ${file}  # shows how it was edited`, shell`git checkout HEAD -- ${file}`],
    });
  for (const { key, pattern, expects } of template.questions) {
    const answer = given.get(key);
    if (answer === undefined) continue;
    const fits = typeof answer === "string" && (pattern === undefined || new RegExp(pattern).test(answer));
    if (!fits) throw refused(`${key}: expected ${expects ?? "a text"}, found ${JSON.stringify(answer)}`);
  }
  const { package_index: index } = answers;
  if (index !== undefined && !/^[a-z][a-z0-9-]*=https?:\/\/[^\s@]+$/.test(index)) {
    // The answer itself may contain a login, so it is not shown.
    throw refused("package_index: expected NAME=URL, such as acme=https://pypi.acme.example/simple/, without a login");
  }
  try {
    if (answers.entity !== undefined) checkEntity("entity", answers.entity);
    checkFeatures(template, answers.features ?? []);
    checkFeatures(template, answers.sample ?? []);
    checkPeers(answers.name, "depends_on", answers.depends_on ?? []);
    checkPeers(answers.name, "called_by", answers.called_by ?? []);
  } catch (error) {
    throw error instanceof AppError ? refused(error.message.replace(/\.$/, "")) : error;
  }
}
