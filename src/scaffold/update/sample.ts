import { type Answers, pathIn, render } from "../render.ts";
import type { Template } from "../template.ts";
import type { Base } from "./base.ts";
import { plain, textIn } from "./file-dress.ts";
import { onDisk } from "./on-disk.ts";

/** What a service made of the sample that its template began it with. */
export interface SampleState {
  /** replaced: its model is no longer there; changed: the model has other fields than the template gave it. */
  readonly state: "there" | "changed" | "replaced";
  /** The file of the model. */
  readonly model: string;
}

/** Looks whether a service still has the sample; one whose template has none has all of it. */
export async function sampleIn(
  folder: string,
  base: Base,
  { sample = [] }: Template,
  answers: Answers,
): Promise<SampleState> {
  const model = pathIn(sample[0] ?? "", answers);
  const given = base.files.find(({ path }) => path === model);
  if (given === undefined) return { state: "there", model };
  const found = await onDisk(folder, model);
  if (found === undefined) return { state: "replaced", model };
  const text = textIn(found.content);
  return { state: text !== undefined && plain(text) === given.content ? "there" : "changed", model };
}

/** The answers of a service that gets features while its sample is replaced: the sample stays without them. */
export function withoutSample(answers: Answers, before: Answers): Answers {
  return { ...answers, sample: before.sample ?? before.features ?? [] };
}

/** The answers of one that has its sample: a sample that is recorded gets what is added, too. */
export function withSample(answers: Answers, added: readonly string[]): Answers {
  return answers.sample === undefined ? answers : { ...answers, sample: [...answers.sample, ...added] };
}

/** The files that features would add to the sample, were it still there. */
export function filesForSample(template: Template, answers: Answers, added: readonly string[]): readonly string[] {
  const given = new Set(render(template, answers).map(({ path }) => path));
  return render(template, { ...answers, sample: [...(answers.sample ?? []), ...added] })
    .map(({ path }) => path)
    .filter((path) => !given.has(path));
}
