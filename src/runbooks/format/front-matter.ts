import * as z from "zod";
import { parseValid } from "../../core/valid-yaml.ts";
import { givenValues } from "./given-values.ts";
import { expectedValue } from "./expected-value.ts";
import { inputTypes } from "./runbook.ts";

const id = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "lower-case letters, digits and dashes, at most 63");
const valueName = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "lower-case letters, digits, dashes and underscores");
const line = z
  .string()
  .min(1)
  .regex(/^\P{Cc}*$/u, "text on one line");
const text = z.string().min(1);

const input = z
  .strictObject({
    summary: line,
    type: z.enum(inputTypes).default("text"),
    choices: z.array(line).min(1).optional(),
    pattern: z.string().refine(isPattern, "a regular expression").optional(),
    default: z.coerce.string().optional(),
    from: z
      .string()
      .regex(/^(\/.*|namespace|kind|name)$/, "a JSON pointer, or namespace, kind or name")
      .optional(),
    secret: z.boolean().default(false),
  })
  .refine(({ type, choices }) => (type === "choice") === (choices !== undefined), "choices belong to the type choice")
  .refine(({ secret, default: preset }) => !secret || preset === undefined, "a secret has no default")
  .superRefine((read, context) => {
    const message = read.default === undefined ? undefined : expectedValue(read, read.default);
    if (message !== undefined) context.addIssue({ code: "custom", path: ["default"], message });
  });

const inputs = z.record(valueName, input).superRefine((read, context) => {
  for (const name of Object.keys(read).filter((each) => givenValues.includes(each)))
    context.addIssue({ code: "custom", path: [name], message: `another name: gennet sets ${name} itself` });
});

const trial = z.strictObject({
  fault: z.array(line).default([]),
  finding: line.optional(),
  inputs: z.record(valueName, z.coerce.string()).default({}),
  answers: z.record(valueName, z.coerce.string()).default({}),
  meanwhile: z.record(valueName, z.array(line)).default({}),
  holds: z.array(line).min(1),
});

/** The YAML between the first two `---` of a runbook. */
export const frontMatterSchema = z.strictObject({
  id,
  title: line,
  when: text,
  findings: z.array(line).default([]),
  inputs: inputs.default({}),
  rights: z.array(z.strictObject({ verb: line, resource: line, namespace: line.optional() })).default([]),
  test: trial.optional(),
});

export type FrontMatter = z.infer<typeof frontMatterSchema>;

/**
 * Reads the front matter of a file. `id` is the ID that its name demands; a file that is given by its path has none.
 * Throws YamlProblems.
 */
export function readFrontMatter(yaml: string, file: string, id: string | undefined): FrontMatter {
  const schema = frontMatterSchema.refine((read) => id === undefined || read.id === id, {
    path: ["id"],
    message: `"${id}", as the file has this name`,
  });
  return parseValid({ text: yaml, shownAs: file, linesBefore: 1 }, schema).data;
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
