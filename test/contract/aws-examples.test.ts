import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { namedCalls } from "../support/adapters.ts";
import { awsCallsPage } from "../support/aws-calls-page.ts";
import { type AwsModel, awsModels } from "../support/aws-models.ts";
import { repository } from "../support/cli.ts";
import { examplesIn } from "../support/cli-examples.ts";
import { counted } from "../support/counted.ts";
import { isCreate, recognitionOf, tagMembers } from "../support/create-calls.ts";
import { type CallContract, exampleContract, isUnread } from "../support/example-contract.ts";
import { nonEmpty } from "../support/non-empty.ts";

let models: ReadonlyMap<string, AwsModel>;
let calls: readonly [CallContract, ...CallContract[]];

beforeAll(async () => {
  models = await awsModels(namedCalls().map(({ service }) => service));
  calls = nonEmpty(await exampleContract(models));
  // The first one on a machine installs the AWS CLI and Python packages.
}, 600_000);

const nameOf = ({ call: { service, operation } }: CallContract): string => `${service} ${operation}`;
const modelOf = ({ call: { service } }: CallContract): AwsModel => {
  const model = models.get(service);
  if (model === undefined) throw new Error(`there is no model of ${service}`);
  return model;
};

describe("AWS's own example answers", () => {
  it("The adapters read every example answer of every call that they make, without an error", () => {
    const read = nonEmpty(calls.flatMap((each) => each.read));
    const failed = read.filter(({ error }) => error !== undefined);
    expect(failed.map(({ name, method, error }) => `${method} with ${name}: ${String(error)}`)).toEqual([]);
    const examples = calls.flatMap((each) => each.examples);
    const skipped = calls.flatMap((each) => each.skipped);
    const misprinted = examples.filter((each) => each.misprinted);
    counted(
      `${calls.length} calls of AWS with ${examples.length} examples: ${new Set(read.map(({ name }) => name)).size} read ` +
        `(${misprinted.length} of them are not valid JSON), ${skipped.length} skipped, ` +
        `${calls.filter(isUnread).length} calls out of reach`,
    );
  });

  it("Every field that an adapter reads and an example has is found in the bytes of the answer", () => {
    const read = nonEmpty(calls.flatMap((each) => each.read));
    expect(read.flatMap(({ name, method, missed }) => missed.map((path) => `${method} with ${name}: ${path}`))).toEqual(
      [],
    );
    const found = nonEmpty(calls).filter(({ fields }) => [...fields.values()].some((type) => type !== undefined));
    expect(found.length).toBeGreaterThan(10);
  });
});

describe("an example in the AWS CLI's documentation", () => {
  const text = [
    '**Example**\n\nThe following example. ::\n\n    aws ec2 a \\\n        --b c\n\nOutput::\n\n    {"Vpc": {"VpcId": "v"}}\n',
    "Windows::\n\n    aws ec2 a ^\n        --b c\n",
    "A list. ::\n\n    aws ec2 a --query Vpc\n\nOutput::\n\n    {}\n",
    'A long one. ::\n\n    aws ec2 a\n\nOutput::\n\n    {"Vpcs": [\n    ...\n    ]}\n',
    "One with a mistake. ::\n\n    aws ec2 a\n\nOutput::\n\n    {'Vpc': {},}\n",
    "A text. ::\n\n    aws ec2 a\n\nOutput::\n\n    It works\n",
    "The last one. ::\n\n    aws ec2 a\n",
  ].join("\n");

  it("The answers of examples are read, with the reason for each one that cannot be used", () => {
    expect(
      examplesIn("a.rst", text).map(({ answer, unusable, misprinted }) => [answer ?? unusable, misprinted]),
    ).toEqual([
      [{ Vpc: { VpcId: "v" } }, false],
      ["its output is not the whole answer", false],
      ["its output is cut", false],
      [{ Vpc: {} }, true],
      ["its output is not JSON", false],
      ["it has no output", false],
    ]);
  });
});

describe("calls that create", () => {
  it("Every call that creates is recognised when it is repeated", () => {
    const blind = nonEmpty(calls.filter(isCreate)).filter((each) => recognitionOf(each, modelOf(each)) === undefined);
    expect(blind.map(nameOf)).toEqual([]);
  });

  it("Every call that creates sets tags if AWS accepts them", () => {
    const untagged = nonEmpty(calls.filter(isCreate)).filter((each) => {
      const members = tagMembers(modelOf(each), each.call.operation);
      return members.length > 0 && !each.inputs.every((input) => members.some((member) => input[member] !== undefined));
    });
    expect(untagged.map(nameOf)).toEqual([]);
  });
});

it("docs/reference/aws-calls.md is up to date (npm run reference)", async () => {
  const page = join(repository, "docs/reference/aws-calls.md");
  await expect(awsCallsPage(calls, models)).toMatchFileSnapshot(page);
});
