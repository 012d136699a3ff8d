import { expect, it } from "vitest";
import { adapterTrial, jsonAnswer, jsonError } from "../../../test/support/adapter-trial.ts";
import type { JsonCall } from "../../../test/support/aws-server.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

it("Repositories of ECR are read with their policies and tags, also those without a policy", async () => {
  const aws = await trial.json(({ action, input }) => {
    if (action === "DescribeRepositories") {
      const named = (repositoryName: string): object => ({
        repositoryName,
        repositoryArn: `arn:${repositoryName}`,
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: "AES256" },
      });
      return jsonAnswer({ repositories: [named("acme/a"), named("acme/b"), named("other/c")] });
    }
    if (action === "ListTagsForResource") return jsonAnswer({ tags: [{ Key: "a", Value: "b" }] });
    if (input["repositoryName"] === "acme/b") return jsonError("LifecyclePolicyNotFoundException");
    return jsonAnswer({ lifecyclePolicyText: '{ "rules": [{"b": 1, "a": 2}] }' });
  });
  const found = await (await aws.service("ecr")).repositories("acme/", signal);
  expect(found).toMatchObject([
    { name: "acme/a", lifecyclePolicy: '{"rules":[{"a":2,"b":1}]}', tags: { a: "b" }, immutableTags: true },
    { name: "acme/b", scansOnPush: true, encryption: "AES256" },
  ]);
  expect(found[1]).not.toHaveProperty("lifecyclePolicy");
});

it("The rules of ECR are read and written as a whole", async () => {
  const seen: JsonCall[] = [];
  const rule = {
    destinations: [{ region: "us-east-1", registryId: "111122223333" }],
    repositoryFilters: [{ filter: "acme/", filterType: "PREFIX_MATCH" }],
  };
  const every = { destinations: [{ region: "ap-south-1", registryId: "444455556666" }] };
  const aws = await trial.json((call) => {
    seen.push(call);
    return jsonAnswer({ replicationConfiguration: { rules: [rule, every] } });
  });
  const ecr = await aws.service("ecr");
  await ecr.setReplicationRules(await ecr.replicationRules(signal), signal);
  expect(seen.at(-1)?.input).toEqual({ replicationConfiguration: { rules: [rule, every] } });
});
