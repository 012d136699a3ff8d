import { describe, expect, it } from "vitest";
import { SecretValue } from "../core/secret-value.ts";
import { keyProblem, keysOf, type Payload, readPayload, withField } from "./payload.ts";

const payload = (text: string): Payload => readPayload(new SecretValue(text));
const value = new SecretValue('n"e\\w\n');

describe("a secret's text", () => {
  it.each(["plain", "", "[1]", '"text"', "null", "12", "{broken"])("A secret's text has no keys: %j", (text) => {
    expect(keysOf(payload(text))).toBeUndefined();
  });

  it("A secret's text that is a JSON object has keys, each once", () => {
    expect(keysOf(payload('{"user":"ada","port":5432,"user":"b","deep":{"a":1}}'))).toEqual(["user", "port", "deep"]);
  });

  it("A secret's value may be binary", () => {
    const { json, binary } = readPayload(new SecretValue(Buffer.from([0x7b, 0xff, 0x7d])), true);
    expect({ json, binary }).toEqual({ json: undefined, binary: true });
  });
});

describe("another value under a key", () => {
  it.each([
    ['{"password":"old","id":12345678901234567890}', '{"password":"n\\"e\\\\w\\n","id":12345678901234567890}'],
    ['{ "a" : 1.50,\n\t"password" :  "o\\u006cd" }\n', '{ "a" : 1.50,\n\t"password" :  "n\\"e\\\\w\\n" }\n'],
    [
      '{"a":{"password":"deep"},"password":"x","b":"\\/"}',
      '{"a":{"password":"deep"},"password":"n\\"e\\\\w\\n","b":"\\/"}',
    ],
  ])("Replacing a key's value in %s leaves the rest unchanged", (text, expected) => {
    const changed = withField(payload(text), "password", value).reveal();
    expect(changed).toBe(expected);
    expect((JSON.parse(changed) as Record<string, unknown>)["password"]).toBe(value.reveal());
  });

  it.each([
    ['{"users":[{"name":"a"}]}', "users", "a list"],
    ['{"users":{"a":1}}', "users", "an object"],
    ['{"port":5432}', "port", "a number"],
    ['{"on":true}', "on", "true or false"],
    ['{"none":null}', "none", "null"],
    ['{"a":"1","a":"2"}', "a", "more than once"],
    ['{"a":"1"}', "b", "does not exist"],
  ])("The value in %s cannot be replaced under %s: %s", (text, key, why) => {
    expect(keyProblem(payload(text), key)).toContain(why);
  });

  it("A key's value can be replaced if it is a string", () => {
    expect(keyProblem(payload('{"a":"1"}'), "a")).toBeUndefined();
  });
});
