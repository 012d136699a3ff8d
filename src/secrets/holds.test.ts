import { describe, expect, it } from "vitest";
import { kubeSecretOf, one, payloadOf, readerOf } from "../../test/support/external-reader.ts";
import { differs, holds } from "./holds.ts";

const old = payloadOf('{"user":"ada","password":"old=1"}');
const next = payloadOf('{"user":"ada","password":"n/w&2"}');
const held = async (spec: object, data: Readonly<Record<string, string>>, is = next, not = old): Promise<string> =>
  (await holds(readerOf(spec), kubeSecretOf(data), { is, not })).state;

const all = { dataFrom: [{ extract: { key: "acme/db" } }] };
const made = { ...all, target: { template: { data: { url: "x" } } } };
const single = { data: [one({ property: "password" }, "P")] };
const whole = { data: [one({}, "P")] };

describe("a Kubernetes Secret holds a version", () => {
  it.each([
    ["its property", single, { P: "n/w&2" }, "held"],
    ["another value of it", single, { P: "old=1" }, "lacks"],
    ["no such key", single, { Q: "n/w&2" }, "lacks"],
    ["its whole text", whole, { P: '{"user":"ada","password":"n/w&2"}' }, "held"],
    ["all its properties, and another key", all, { user: "ada", password: "n/w&2", more: "x" }, "held"],
    ["what differs, whatever other keys contain", all, { user: "eve", password: "n/w&2" }, "held"],
    ["all properties but the new one", all, { user: "ada", password: "old=1" }, "lacks"],
    ["its value in a template", made, { url: "postgres://ada:n%2Fw%262@db" }, "held"],
    ["its value in a template, as Go escapes it for queries", made, { url: "x://n%2Fw%262@db" }, "held"],
    ["its value in a template, as Go writes JSON", made, { json: '{"p":"n/w\\u00262"}' }, "held"],
    ["its value in a template, base64", made, { auth: Buffer.from("n/w&2").toString("base64") }, "held"],
    ["the old value in a template", made, { url: "postgres://ada:old%3D1@db" }, "lacks"],
    ["both values in templates", made, { a: "old=1", b: "n/w&2" }, "unknown"],
    ["neither in a template", made, { user: "ada" }, "unknown"],
    ["a path that is not supported", { data: [one({ property: "pass*" })] }, { k: "n/w&2" }, "unknown"],
  ])("A Kubernetes Secret is compared with a version by %s", async (_what, spec, data, expected) => {
    expect(await held(spec, data)).toBe(expected);
  });

  it("A Kubernetes Secret that returns to the previous version is recognised, even if one value contains the other", async () => {
    const longer = payloadOf('{"user":"ada","password":"old=12"}');
    expect(await held(made, { url: "x:old=12@" }, old, longer)).toBe("lacks");
    expect(await held(made, { url: "x:old=1@" }, old, longer)).toBe("held");
    expect(await held(made, { url: "x:old=12@" }, longer, old)).toBe("held");
  });

  it("A Kubernetes Secret is unknown if there is nothing to compare", async () => {
    const user = { data: [one({ property: "user" })] };
    expect(await held(user, { k: "ada" })).toBe("unknown");
    expect((await holds(readerOf(all), kubeSecretOf({}), { is: payloadOf("{}") })).state).toBe("unknown");
  });

  it.each([
    ["pretty-printed JSON", '{\n  "password": "P",\n  "account": {\n    "type": "service"\n  }\n}'],
    ["a number beyond 2^53", '{"password": "P", "tenant": 12345678901234567890}'],
    ["a key that is invalid in a Secret", '{"password":"P","smtp/password":"two"}'],
  ])(
    "A Kubernetes Secret with %s next to the password is compared by the keys that differ, and by all",
    async (_what, text) => {
      const [before, after] = [payloadOf(text.replace("P", "one")), payloadOf(text.replace("P", "new"))];
      const data = {
        password: "new",
        account: '{\n    "type": "service"\n  }',
        tenant: "12345678901234567890",
        smtp_password: "two",
      };
      const reader = readerOf(all);
      expect((await holds(reader, kubeSecretOf(data), { is: after, not: before })).state).toBe("held");
      expect((await holds(reader, kubeSecretOf(data), { is: after })).state).toBe("held");
      expect((await holds(reader, kubeSecretOf(data), { is: before, not: after })).state).toBe("lacks");
    },
  );
});

describe("a reader's difference between versions", () => {
  it.each([
    ["for the key that differs", single, true],
    ["for all keys", all, true],
    ["for another key", { data: [one({ property: "user" })] }, false],
    ["for a path that is not supported", { data: [one({ property: "us*" })] }, true],
  ])("A reader is affected by a rotation: %s: %s", async (_what, spec, expected) => {
    expect(await differs(readerOf(spec), { is: next, not: old })).toBe(expected);
  });
});
