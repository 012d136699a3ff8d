import { describe, expect, it } from "vitest";
import { shippedTemplate } from "../shipped-template.ts";
import { checkAnswers } from "./checked-answers.ts";
import { parseRecord } from "./record.ts";

const head = "template: fastapi-service\nversion: 0.5.0\nanswers:\n  name: orders\n  regions: []\n";

async function refusal(answers: string): Promise<string | undefined> {
  const template = await shippedTemplate("fastapi-service");
  try {
    checkAnswers(parseRecord(head + answers, "my services/orders"), template, "my services/orders");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("answers that were edited by hand", () => {
  it("Edited answers are validated like those of `gennet new service`", async () => {
    expect(await refusal("  owner: team-shop\n  domain: shop\n  features: [redis]\n  depends_on: [payments]\n")).toBe(
      undefined,
    );
    expect(await refusal("")).toBe(undefined);
  });

  it.each([
    ["  owner: [team-shop]\n", 'owner: expected a Backstage owner such as team-shop or .*, found \\["team-shop"\\]'],
    ["  domain: 5\n", "domain: expected a domain of the catalogue such as shop: .*, found 5"],
    ["  domain: Shop Floor\n", 'domain: .*, found "Shop Floor"'],
    ["  features: [mongo]\n", 'The feature "mongo" is invalid: fastapi-service does not have it'],
    ["  depends_on: [Pay_ments!]\n", 'depends_on: "Pay_ments!" is invalid: it must be a DNS label'],
    ["  entity: Parcel\n", 'entity: "Parcel" is invalid: it must be a singular noun'],
    ["  package_index: https://me:hush@pypi.acme/\n", "package_index: expected NAME=URL, such as .*, without a login"],
    ["  called_by: [orders]\n", 'called_by: "orders" is invalid: a service cannot call itself'],
  ])("Edited answers are rejected with the file and the answer: %j", async (answers, problem) => {
    expect(await refusal(answers)).toMatch(
      new RegExp(`^my services/orders/\\.gennet/answers\\.yaml is invalid: ${problem}.*\\.$`),
    );
  });

  it.each([
    ["", "the file: Invalid input"],
    [
      "answers: [",
      "Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 11",
    ],
  ])("Edited answers are rejected if they are not answers: %j", (text, problem) => {
    expect(() => parseRecord(text, "orders")).toThrow(`orders/.gennet/answers.yaml cannot be read: ${problem}`);
    expect(() => parseRecord(text, "orders")).toThrow(/[^:]$/);
  });
});
