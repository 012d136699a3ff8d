import { afterAll, beforeAll, describe } from "vitest";
import { testsOfAPlatform } from "../acceptance/platform-tests.ts";
import { type TestPlatform, testPlatform } from "../support/test-platform.ts";

let target: TestPlatform;

beforeAll(async () => {
  const platform = process.env["GENNET_ACCEPTANCE_PLATFORM"];
  if (platform === undefined) throw new Error("Run it by `npm run acceptance:aws`, which asks for the account first.");
  target = await testPlatform(platform, {});
});
afterAll(() => target.leave());

describe("a platform on AWS", () => testsOfAPlatform(() => target));
