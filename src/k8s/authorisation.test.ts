import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import type { Authorisation } from "./access.ts";
import { holdAuthorisation } from "./authorisation.ts";

describe("a credential", () => {
  it("A credential that several requests wait for is not lost if the first request is aborted", async () => {
    let issue: (authorisation: Authorisation) => void = () => undefined;
    const access = {
      server: new URL("https://127.0.0.1:1"),
      authorise: () => new Promise<Authorisation>((resolve) => (issue = resolve)),
    };
    const held = holdAuthorisation(access, () => 0);
    const hasty = new AbortController();
    const first = held.current(hasty.signal);
    const second = held.current(new AbortController().signal);
    hasty.abort(new Error("too slow"));
    await expect(first).rejects.toThrow("too slow");
    const issued = { agent: new Agent(), headers: {} };
    issue(issued);
    expect(await second).toBe(issued);
    held.close();
  });
});
