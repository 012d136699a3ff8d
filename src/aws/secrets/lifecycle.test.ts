import { expect, it } from "vitest";
import { adapterTrial, jsonAnswer } from "../../../test/support/adapter-trial.ts";
import type { JsonCall } from "../../../test/support/aws-server.ts";
import { SecretValue } from "../../core/secret-value.ts";

const { signal } = new AbortController();
const trial = adapterTrial();

it("A secret is created with its tags and replicas, and with a token that makes a retry harmless", async () => {
  const seen: JsonCall[] = [];
  let lost = 1;
  const aws = await trial.json((call) => {
    seen.push(call);
    return lost-- > 0 ? "drop" : jsonAnswer({ Name: "acme/postgres" });
  });
  const secrets = await aws.service("secrets");
  const value = new SecretValue('{"password":"x"}');
  const tags = { "gennet:platform": "acme" };
  await secrets.create({ name: "acme/postgres", description: "d", value, tags, replicas: ["us-east-1"] }, signal);
  const [first, second] = seen.map(({ input }) => input);
  expect(first).toMatchObject({
    Name: "acme/postgres",
    SecretString: '{"password":"x"}',
    Tags: [{ Key: "gennet:platform", Value: "acme" }],
    AddReplicaRegions: [{ Region: "us-east-1" }],
    ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  expect(second).toEqual(first);
});

it("A password of AWS has no punctuation", async () => {
  const seen: JsonCall[] = [];
  const aws = await trial.json((call) => {
    seen.push(call);
    return jsonAnswer({ RandomPassword: "abc" });
  });
  expect((await (await aws.service("secrets")).randomPassword(40, signal)).reveal()).toBe("abc");
  expect(seen.map(({ input }) => input)).toEqual([{ PasswordLength: 40, ExcludePunctuation: true }]);
});

it("A secret without replicas is deleted after a window in which it can be restored", async () => {
  const seen: JsonCall[] = [];
  const aws = await trial.json((call) => {
    seen.push(call);
    return jsonAnswer({});
  });
  const secrets = await aws.service("secrets");
  await secrets.removeReplicas("acme/postgres", ["us-east-1"], signal);
  await secrets.delete("acme/postgres", 7, signal);
  await secrets.restore("acme/postgres", signal);
  expect(seen.map(({ action, input }) => [action, input])).toEqual([
    ["RemoveRegionsFromReplication", { SecretId: "acme/postgres", RemoveReplicaRegions: ["us-east-1"] }],
    ["DeleteSecret", { SecretId: "acme/postgres", RecoveryWindowInDays: 7 }],
    ["RestoreSecret", { SecretId: "acme/postgres" }],
  ]);
});

it("A version is stored under its id and its label, so that the current one stays", async () => {
  const seen: JsonCall[] = [];
  const aws = await trial.json((call) => {
    seen.push(call);
    return jsonAnswer({});
  });
  const id = "0b5c8a0e-0000-4000-8000-000000000000";
  await (await aws.service("secrets")).put("acme/postgres", { id, stage: "X" }, new SecretValue("{}"), signal);
  expect(seen.map(({ action, input }) => [action, input])).toEqual([
    ["PutSecretValue", { SecretId: "acme/postgres", ClientRequestToken: id, SecretString: "{}", VersionStages: ["X"] }],
  ]);
});
