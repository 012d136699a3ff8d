import { vendoredKit, type WrittenKit } from "../kit/kit-file.ts";
import { answersFile, type Answers, type NewFile, render, type RenderedFile } from "../render.ts";
import type { Template } from "../template.ts";
import { type Base, baseRecord } from "./base.ts";

/** What a template gives a service, with the bytes of its kit. */
export interface Pristine extends Base {
  readonly kit?: WrittenKit;
}

/** What a template gives a service, without what gennet itself keeps there. */
export function pristine(template: Template, answers: Answers): Pristine {
  return pristineOf(template, answers, render(template, answers));
}

function pristineOf({ version, kit }: Template, answers: Answers, rendered: readonly RenderedFile[]): Pristine {
  const vendored = vendoredKit(kit, answers);
  const files = rendered.filter((file) => file.path !== answersFile);
  return { version, answers, files, ...(vendored === undefined ? {} : { kit: vendored }) };
}

/** A new service with all that gennet keeps in it, so that it can follow its template. */
export function newServiceFiles(template: Template, answers: Answers): readonly NewFile[] {
  const rendered = render(template, answers);
  const base = pristineOf(template, answers, rendered);
  const { kit } = base;
  const wheel: readonly NewFile[] = kit === undefined ? [] : [{ path: kit.path, content: kit.content, mode: 0o644 }];
  const files = [...rendered, baseRecord(base), ...wheel];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
