import type { AwsModel } from "./aws-models.ts";
import { isCreate, recognitionOf, type Recognition } from "./create-calls.ts";
import { type CallContract, isUnread } from "./example-contract.ts";

const words: Readonly<Record<Recognition["by"], string>> = {
  token: "its idempotency token",
  name: "its unique name",
  tags: "its tags",
  owner: "being a part of",
};

/** Returns docs/reference/aws-calls.md. */
export function awsCallsPage(all: readonly CallContract[], models: ReadonlyMap<string, AwsModel>): string {
  const reasons = all.flatMap(({ skipped }) => skipped);
  const mute = "it has no output";
  return [
    "# Calls of AWS",
    "",
    "<!-- Generated from the adapters in src/aws by `npm run reference`. -->",
    "",
    "## Calls that create",
    "",
    "A call whose response is lost may have taken effect. This is how gennet recognises what it has already created, so",
    "that no call creates anything twice:",
    "",
    "| call | recognised by | members |",
    "| --- | --- | --- |",
    ...all.filter(isCreate).map((each) => createRow(each, models.get(each.call.service))),
    "",
    "## AWS's own examples",
    "",
    "The AWS CLI and botocore document calls with answers of AWS. gennet's adapters read every one that belongs to a call",
    "they make. Fields without an example are fields that gennet reads, but that are in no example of that call.",
    "",
    "| call | examples | read | fields without an example |",
    "| --- | --- | --- | --- |",
    ...all.map(exampleRow),
    "",
    "### Examples that are not read",
    "",
    ...all.filter(isUnread).map((each) => `- ${nameOf(each)}: the test does not reach this call`),
    ...reasons.filter((reason) => !reason.endsWith(mute)).map((reason) => `- ${reason}`),
    `- ${reasons.filter((reason) => reason.endsWith(mute)).length} others: ${mute}`,
    "",
  ].join("\n");
}

function createRow(each: CallContract, model: AwsModel | undefined): string {
  const recognition = model === undefined ? undefined : recognitionOf(each, model);
  const { by, members } = recognition ?? { by: undefined, members: [] };
  return row(
    nameOf(each),
    by === undefined ? "nothing" : words[by],
    members.map((member) => `\`${member}\``).join(", "),
  );
}

function exampleRow(each: CallContract): string {
  const { examples, read, fields } = each;
  const without = [...fields].filter(([, type]) => type === undefined).map(([field]) => `\`${field}\``);
  return row(nameOf(each), examples.length, new Set(read.map(({ name }) => name)).size, without.toSorted().join(", "));
}

function nameOf({ call: { service, operation } }: CallContract): string {
  return `${service} ${operation}`;
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}
