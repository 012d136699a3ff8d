import { describe, expect, it } from "vitest";
import { SecretValue } from "../core/secret-value.ts";
import type { Landing } from "../k8s/external-secrets/port.ts";
import { holds } from "./holds.ts";
import { readPayload } from "./payload.ts";

const text = (value: string) => readPayload(new SecretValue(value));
const old = text('{"user":"ada","password":"old=1"}');
const next = text('{"user":"ada","password":"n/w&2"}');

function held(landing: Landing, data: Readonly<Record<string, string>>, is = next, not = old): boolean {
  const external = { sources: [{ key: "acme/db", landing }] } as unknown as Parameters<typeof holds>[0]["external"];
  const values = new Map(Object.entries(data).map(([key, value]) => [key, new SecretValue(value)]));
  return holds({ external }, { data: values, resourceVersion: "1" }, { is, not }, "key");
}

const made: Landing = { as: "made", by: "a template" };
const all: Landing = { as: "properties" };
const one: Landing = { as: "key", secretKey: "P", property: "password" };
const whole: Landing = { as: "key", secretKey: "P" };

describe("a Kubernetes Secret holds a version", () => {
  it.each([
    ["its property", one, { P: "n/w&2" }, true],
    ["another value of it", one, { P: "old=1" }, false],
    ["no such key", one, { Q: "n/w&2" }, false],
    ["its whole text", whole, { P: '{"user":"ada","password":"n/w&2"}' }, true],
    ["all its properties, and another key", all, { user: "ada", password: "n/w&2", more: "x" }, true],
    ["all properties but the new one", all, { user: "ada", password: "old=1" }, false],
    ["its value in a template", made, { url: "postgres://ada:n%2Fw%262@db" }, true],
    ["its value in a template, base64", made, { auth: Buffer.from("n/w&2").toString("base64") }, true],
    ["the old value in a template", made, { url: "postgres://ada:old%3D1@db" }, false],
    ["both values in templates", made, { a: "old=1", b: "n/w&2" }, false],
    ["neither", made, { user: "ada" }, false],
  ])("by %s", (_what, landing, data, expected) => {
    expect(held(landing, data)).toBe(expected);
  });

  it("and goes back to the one before, also where the new value has the old one in it", () => {
    const longer = text('{"user":"ada","password":"old=12"}');
    expect(held(made, { url: "x:old=12@" }, old, longer)).toBe(false);
    expect(held(made, { url: "x:old=1@" }, old, longer)).toBe(true);
  });
});
