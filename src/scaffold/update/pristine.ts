import { vendoredKit, type WrittenKit } from "../kit/kit-file.ts";
import { answersFile, type Answers, type NewFile, render, type RenderedFile } from "../render.ts";
import type { Template } from "../template.ts";
import { type Base, baseRecord } from "./base.ts";

/** What a template generates for a service, with the wheel of its kit. */
export interface Pristine extends Base {
  readonly kit?: WrittenKit;
}

/** Renders what a template generates for a service, without gennet's own files. */
export function pristine(template: Template, answers: Answers): Pristine {
  return pristineOf(template, answers, render(template, answers));
}

function pristineOf({ version, kit }: Template, answers: Answers, rendered: readonly RenderedFile[]): Pristine {
  const vendored = vendoredKit(kit, answers);
  const files = rendered.filter((file) => file.path !== answersFile);
  return { version, answers, files, ...(vendored === undefined ? {} : { kit: vendored }) };
}

/** Renders a new service, including the records that let it follow its template. */
export function newServiceFiles(template: Template, answers: Answers): readonly NewFile[] {
  const rendered = render(template, answers);
  const base = pristineOf(template, answers, rendered);
  const { kit } = base;
  const wheel: readonly NewFile[] = kit === undefined ? [] : [{ path: kit.path, content: kit.content, mode: 0o644 }];
  const files = [...rendered, baseRecord(base), ...wheel];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
