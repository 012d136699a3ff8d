import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SecretValue } from "./secret-value.ts";

const secret = new SecretValue("hunter2");

describe("a secret's value", () => {
  it.each([
    ["text", () => [String(secret), secret].join(" ")],
    ["JSON", () => JSON.stringify({ deep: [{ secret }] })],
    ["inspection", () => inspect({ secret, hidden: [secret] }, { showHidden: true, depth: 9 })],
    ["a copy of its fields", () => JSON.stringify(Object.assign({}, secret))],
    ["an error", () => inspect(new Error(`refused ${String(secret)}`, { cause: secret }))],
  ])("A secret's value is not revealed by %s", (_form, show) => {
    expect(show()).not.toContain("hunter2");
  });

  it("A secret's value is revealed by reveal", () => {
    expect(secret.reveal()).toBe("hunter2");
  });

  it("A secret's value has the same fingerprint for the same key only", () => {
    expect(secret.fingerprint("k")).toBe(new SecretValue("hunter2").fingerprint("k"));
    expect(secret.fingerprint("k")).not.toBe(secret.fingerprint("l"));
    expect(secret.fingerprint("k")).not.toBe(new SecretValue("hunter3").fingerprint("k"));
  });

  it("A secret's value has the fingerprint that a shell computes", () => {
    // k=k; inner=$(printf %s%s "$k" hunter2 | sha256sum); printf %s%s "$k" "${inner%% *}" | sha256sum
    expect(secret.fingerprint("k")).toBe("c835cf8d95df5f5fd49832b86680dc58381958c42989c6130d94e567c845d486");
  });
});
