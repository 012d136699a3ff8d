import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { freePorts } from "./ports.ts";

let holder: Server | undefined;
afterEach(() => new Promise<void>((done) => (holder === undefined ? done() : holder.close(() => done()))));

describe("freePorts", () => {
  it("freePorts skips ports of another sandbox, and ports with a listener", async () => {
    const [first, second] = (await freePorts(3, new Set(), () => 0.5)) as [number, number, number];
    holder = createServer();
    await new Promise<void>((done) => holder?.listen(first, "127.0.0.1", done));
    const found = await freePorts(2, new Set([second]), () => 0.5);
    expect(found).not.toContain(first);
    expect(found).not.toContain(second);
    expect(new Set(found).size).toBe(2);
  });
});
