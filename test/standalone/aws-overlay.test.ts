import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { namedCalls } from "../support/adapters.ts";
import { type AwsEndpoint, startAwsEndpoint } from "../support/aws-endpoint.ts";
import { awsDifferencesPage } from "../support/aws-differences-page.ts";
import { awsModels } from "../support/aws-models.ts";
import { repository } from "../support/cli.ts";
import { counted } from "../support/counted.ts";
import { type CallContract, exampleContract } from "../support/example-contract.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type OverlayAnswers, overlayAnswers } from "../support/overlay-answers.ts";

let endpoint: AwsEndpoint;

/** What takes AWS minutes takes some milliseconds; ACM does not give up before the record of a certificate is made. */
const clockScale = 10_000;
/** Of AWS, there is nothing but the endpoint. */
const nothingElse = {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
};

beforeAll(async () => {
  endpoint = await startAwsEndpoint(clockScale, { servers: false });
  for (const [name, value] of Object.entries({ ...endpoint.env, ...nothingElse })) vi.stubEnv(name, value);
}, 600_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint.stop();
});

describe("the answers of the sandbox's AWS", () => {
  it("They have what gennet reads of AWS's own examples, apart from the differences in docs/reference/aws-differences.md", async () => {
    const named = namedCalls();
    const models = await awsModels(named.map(({ service }) => service));
    const contract: readonly CallContract[] = nonEmpty(await exampleContract(models));
    const overlay: OverlayAnswers = await overlayAnswers(named, models, endpoint);
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
