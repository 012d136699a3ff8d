import { expect, it } from "vitest";
import { adapterTrial } from "../../../test/support/adapter-trial.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

it("An object of a bucket in another AWS region is read there", async () => {
  const answers = [
    {
      status: 301,
      headers: { "x-amz-bucket-region": "us-east-1" },
      body: "<Error><Code>PermanentRedirect</Code></Error>",
    },
    { status: 200, headers: { etag: '"1"' }, body: "kept" },
  ];
  const aws = await trial.query(() => answers.shift() ?? "drop");
  expect(await (await aws.service("s3")).object("acme-audit", "key", signal)).toEqual({ etag: '"1"', text: "kept" });
});
