import { type Answers, pathIn, render } from "../render.ts";
import type { Template } from "../template.ts";
import type { Base } from "./base.ts";
import { plain, textIn } from "./file-dress.ts";
import { onDisk } from "./on-disk.ts";

/** What a service did with the template's sample. */
export interface SampleState {
  /** replaced: its model no longer exists; changed: the model has different fields than the template's. */
  readonly state: "there" | "changed" | "replaced";
  /** The file of the model. */
  readonly model: string;
}

/** Checks whether a service still has the sample. Templates without a sample count as complete. */
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

/** Returns the answers for a service that gets features after replacing the sample: the features skip the sample. */
export function withoutSample(answers: Answers, before: Answers): Answers {
  return { ...answers, sample: before.sample ?? before.features ?? [] };
}

/** Returns the answers for a service that has its sample: a recorded sample gets the new features, too. */
export function withSample(answers: Answers, added: readonly string[]): Answers {
  return answers.sample === undefined ? answers : { ...answers, sample: [...answers.sample, ...added] };
}

/** Returns the files that features would add to the sample if the service still had it. */
export function filesForSample(template: Template, answers: Answers, added: readonly string[]): readonly string[] {
  const given = new Set(render(template, answers).map(({ path }) => path));
  return render(template, { ...answers, sample: [...(answers.sample ?? []), ...added] })
    .map(({ path }) => path)
    .filter((path) => !given.has(path));
}
