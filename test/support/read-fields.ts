import type { AwsMember, AwsModel } from "./aws-models.ts";
import type { FieldPath, FieldRead, FieldType } from "./field-reads.ts";

/** Fields of an operation's answer that were read, by their pattern, with the type of their values, if they had any. */
export type ReadFields = ReadonlyMap<string, FieldType | undefined>;

/** The token of the next page, at the top of an answer. */
const turns = /^(NextToken|nextToken|Marker|NextMarker|IsTruncated)$/;

/** Adds what was read of an answer. */
export function keepFields(
  fields: Map<string, FieldType | undefined>,
  reads: readonly FieldRead[],
  model: AwsModel,
  operation: string,
): void {
  for (const { path, type } of reads) {
    if (turns.test(path.join("."))) continue;
    const pattern = fieldPattern(model, operation, path);
    fields.set(pattern, type ?? fields.get(pattern));
  }
}

/**
 * Returns the pattern of a path in an operation's answer: `Vpcs.0.Tags.1.Key` is `Vpcs[].Tags[].Key`, and the key of a
 * map is `[]`, too. Throws if AWS's model has no such field.
 */
function fieldPattern(model: AwsModel, operation: string, path: FieldPath): string {
  let shape = model.shapes[model.operations[operation]?.output?.shape ?? ""];
  let pattern = "";
  for (const key of path) {
    const inside: AwsMember | undefined = shape?.members?.[key] ?? shape?.member ?? shape?.value;
    if (inside === undefined) throw new Error(`AWS's model of ${operation} has no ${path.join(".")}`);
    pattern += shape?.members === undefined ? "[]" : `${pattern === "" ? "" : "."}${key}`;
    shape = model.shapes[inside.shape];
  }
  return pattern;
}
