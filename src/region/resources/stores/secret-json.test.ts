import { expect, it } from "vitest";
import { awsChanges } from "../../../../test/support/aws-changes.ts";
import { refuse } from "../../../../test/support/aws-rules.ts";
import { memoryStoreSecrets, type StoredSecret } from "../../../../test/support/memory-store-secrets.ts";
import type { SecretLifecycle, SecretsManager } from "../../../aws/secrets/port.ts";
import type { RegionWorld } from "../../world.ts";
import { changeSecretJson } from "./secret-json.ts";

const { signal } = new AbortController();
const name = "acme/postgres";
const target = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };

type Secrets = SecretsManager & SecretLifecycle;

function secretTrial() {
  const secret: StoredSecret = {
    awsRegion: "eu-west-1",
    name,
    tags: {},
    values: [JSON.stringify({ password: "first" })],
    replicas: [],
    deletedAt: undefined,
  };
  const secrets = memoryStoreSecrets(target, [secret], awsChanges());
  return {
    secret,
    secrets,
    change: (changes: Readonly<Record<string, string>>, more: Partial<Secrets> = {}) => {
      const aws = { service: async () => ({ ...secrets, ...more }) } as unknown as RegionWorld["aws"];
      return changeSecretJson({ aws } as RegionWorld, name, changes, signal);
    },
    now: (): unknown => JSON.parse(secret.values.at(-1) ?? "{}"),
  };
}

it("A secret that several regions write at the same time has the keys of all of them", async () => {
  const { change, secret, now } = secretTrial();
  await Promise.all(["eu", "us", "ap"].map((region) => change({ [`endpoint.${region}`]: region })));
  expect(now()).toEqual({ password: "first", "endpoint.eu": "eu", "endpoint.us": "us", "endpoint.ap": "ap" });
  expect(secret.values).toHaveLength(4);
});

it("A password that a rotation makes current while a region writes its endpoint stays", async () => {
  const { change, secret, secrets, now } = secretTrial();
  let isRotated = false;
  await change(
    { "endpoint.us": "us" },
    {
      put: async (...args) => {
        if (!isRotated) secret.values.push(JSON.stringify({ password: "second" }));
        isRotated = true;
        return secrets.put(...args);
      },
    },
  );
  expect(now()).toEqual({ password: "second", "endpoint.us": "us" });
});

it("The label under which a version is stored does not stay", async () => {
  const { change, secrets } = secretTrial();
  await change({ "endpoint.us": "us" });
  expect(Object.values((await secrets.describe(name, signal))?.versions ?? {})).toEqual([["AWSCURRENT"]]);
});

it("A move of AWSCURRENT that is refused although nothing has changed is an error, and is not repeated", async () => {
  const { change, secret, secrets } = secretTrial();
  let puts = 0;
  const changed = change(
    { "endpoint.us": "us" },
    {
      put: async (...args) => {
        puts++;
        return secrets.put(...args);
      },
      moveStage: async () => refuse("SecretsManager UpdateSecretVersionStage", "InvalidRequestException", "no"),
    },
  );
  await expect(changed).rejects.toMatchObject({ code: "AWS_REJECTED" });
  expect(puts).toBe(1);
  expect(secret.values).toHaveLength(1);
});
