import { answersFile, type Answers, render, type RenderedFile } from "../render.ts";
import type { Template } from "../template.ts";
import { type Base, baseRecord } from "./base.ts";

/** What a template gives a service, without what gennet itself keeps there. */
export function pristine(template: Template, answers: Answers): Base {
  return pristineOf(template, answers, render(template, answers));
}

function pristineOf({ version }: Template, answers: Answers, rendered: readonly RenderedFile[]): Base {
  return { version, answers, files: rendered.filter((file) => file.path !== answersFile) };
}

/** A new service with all that gennet keeps in it, so that it can follow its template. */
export function newServiceFiles(template: Template, answers: Answers): readonly RenderedFile[] {
  const rendered = render(template, answers);
  const files = [...rendered, baseRecord(pristineOf(template, answers, rendered))];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
