import { describe, expect, it } from "vitest";
import { callText, type ProbeCall } from "../core/probe.ts";
import { readCall } from "./read-call.ts";

describe("calls on the command line", () => {
  it.each<readonly [text: string, call: ProbeCall]>([
    ["tcp://10.0.3.7:5432", { kind: "tcp", host: "10.0.3.7", port: 5432 }],
    ["tcp://[fd00::1]:53", { kind: "tcp", host: "fd00::1", port: 53 }],
    ["bolt://neo4j.neo4j:7687", { kind: "neo4j", host: "neo4j.neo4j", port: 7687 }],
    ["bolt://?secret=neo4j", { kind: "neo4j", secret: "neo4j" }],
    ["https://shop.example/health", { kind: "http", url: "https://shop.example/health" }],
    ["otlp+http://collector:4318", { kind: "otlp", url: "http://collector:4318" }],
    ["postgres://db.internal:6432/orders", { kind: "postgres", host: "db.internal", port: 6432, database: "orders" }],
    ["postgres://?secret=postgres", { kind: "postgres", secret: "postgres" }],
    ["rediss://cache?secret=redis", { kind: "redis", host: "cache", secret: "redis" }],
  ])("A call is read, and written the same: %s", (text, call) => {
    expect(readCall(text)).toEqual(call);
    expect(callText(call)).toBe(text);
  });

  it.each([
    ["tcp://host", "it needs a host and a port"],
    ["bolt://", "it needs a host, or ?secret=NAME"],
    ["ftp://host", "calls begin with tcp://"],
    ["orders", "calls begin with tcp://"],
    ["postgres://", "it needs a host, or ?secret=NAME"],
    ["rediss://?secret=../etc", "is not the name of a Secret"],
  ])("%s is not a call, and the error says why", (text, why) => {
    expect(() => readCall(text)).toThrow(why);
  });

  it.each(["postgres://ana:hunter2@db/orders", "mysql://ana:hunter2@db", "http://ana:hunter2@shop/"])(
    "A call with a password is refused without repeating it: %s",
    (text) => {
      const refused = (): string => {
        try {
          return JSON.stringify(readCall(text));
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(refused()).toMatch(/is not a call/);
      expect(refused()).not.toContain("hunter2");
    },
  );
});
