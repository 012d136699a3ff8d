import { expect, it } from "vitest";
import { exit } from "../../core/exit.ts";
import { callGennet } from "../../../test/support/cli.ts";

it("gennet sandbox up --bare is a usage error without --profile full", async () => {
  const called = await callGennet(["sandbox", "up", "--bare"]);
  expect(called.exit).toBe(exit.usage);
  expect(called.stderr).toContain("--bare: it belongs to --profile full.");
  expect(called.stderr).toContain("gennet sandbox up --profile full --bare");
});
