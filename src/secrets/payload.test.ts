import { describe, expect, it } from "vitest";
import { SecretValue } from "../core/secret-value.ts";
import { changedKeys, type Payload, propertyOf, readPayload, withField } from "./payload.ts";

const payload = (text: string): Payload => readPayload(new SecretValue(text));
const value = new SecretValue('n"e\\w\n');

describe("a secret's text", () => {
  it.each(["plain", "", "[1]", '"text"', "null", "12", "{broken"])("%j is one value", (text) => {
    expect(payload(text).fields).toBeUndefined();
  });

  it("that is a JSON object has a value for each key", () => {
    const { fields } = payload('{"user":"ada","port":5432,"on":true,"deep":{"a":1}}');
    expect([...(fields ?? [])].map(([key, each]) => [key, each.reveal()])).toEqual([
      ["user", "ada"],
      ["port", "5432"],
      ["on", "true"],
      ["deep", '{"a":1}'],
    ]);
  });
});

describe("another value under a key", () => {
  it.each([
    ['{"password":"old","id":12345678901234567890}', '{"password":"n\\"e\\\\w\\n","id":12345678901234567890}'],
    ['{ "a" : 1.50,\n\t"password" :  "o\\u006cd" }\n', '{ "a" : 1.50,\n\t"password" :  "n\\"e\\\\w\\n" }\n'],
    ['{"password":{"nested":true},"x":"\\/"}', '{"password":"n\\"e\\\\w\\n","x":"\\/"}'],
  ])("of %s leaves the rest as it is", (text, expected) => {
    const changed = withField(payload(text), "password", value).reveal();
    expect(changed).toBe(expected);
    expect((JSON.parse(changed) as Record<string, unknown>)["password"]).toBe(value.reveal());
  });
});

describe("what has changed between two versions", () => {
  it.each([
    ['{"a":"1","b":"2"}', '{"a":"1","b":"3"}', ["b"]],
    ['{"a":"1"}', '{"a":"1"}', []],
    ['{"a":"1"}', '{"a":"1","b":"2"}', undefined],
    ["one", "two", undefined],
    ['{"a":"1"}', "two", undefined],
  ])("%s and %s", (before, after, keys) => {
    expect(changedKeys(payload(before), payload(after))).toEqual(keys);
  });
});

describe("a property", () => {
  it.each([
    ["a", "1"],
    ["b.c", "2"],
    ["d.e", "literal"],
    ["b.x", undefined],
    ["nowhere.at", undefined],
  ])("%s", (path, expected) => {
    const all = payload('{"a":"1","b":{"c":2},"d.e":"literal","d":{"e":"path"}}');
    expect(propertyOf(all, path)?.reveal()).toBe(expected);
  });
});
