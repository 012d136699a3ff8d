import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { namedCalls } from "../support/adapters.ts";
import { awsDifferencesPage } from "../support/aws-differences-page.ts";
import { awsModels } from "../support/aws-models.ts";
import { repository } from "../support/cli.ts";
import { counted } from "../support/counted.ts";
import { type CallContract, exampleContract } from "../support/example-contract.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type OverlayAnswers, overlayAnswers, overlayRegion } from "../support/overlay-answers.ts";
import { standaloneEmulator, type StandaloneEmulator } from "../support/standalone-emulator.ts";

let emulator: StandaloneEmulator;

beforeAll(async () => {
  emulator = await standaloneEmulator(overlayRegion);
  for (const [name, value] of Object.entries(emulator.variables)) vi.stubEnv(name, value);
}, 600_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});

describe("the answers of the sandbox's AWS", () => {
  it("They have what gennet reads of AWS's own examples, apart from the differences in docs/reference/aws-differences.md", async () => {
    const named = namedCalls();
    const models = await awsModels(named.map(({ service }) => service));
    const contract: readonly CallContract[] = nonEmpty(await exampleContract(models));
    const overlay: OverlayAnswers = await overlayAnswers(named, models, emulator);
    const compared = contract.filter(({ call }) => overlay.fields.has(`${call.service} ${call.operation}`));
    const fields = nonEmpty(compared).flatMap((each) => [...each.fields.values()].filter((type) => type !== undefined));
    expect(fields.length).toBeGreaterThan(50);
    counted(
      `${fields.length} fields of ${compared.length} calls compared between AWS's examples and the sandbox's AWS`,
    );
    const page = join(repository, "docs/reference/aws-differences.md");
    await expect(awsDifferencesPage(contract, overlay)).toMatchFileSnapshot(page);
  });
});
