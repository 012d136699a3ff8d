import { describe, expect, it } from "vitest";
import { clusterContext } from "../../../test/support/cluster-context.ts";
import { fence } from "../../../test/support/runbook-trial.ts";
import type { Context } from "../../context.ts";
import { parseRunbook } from "../../runbooks/format/parse-runbook.ts";
import { prepare } from "../../runbooks/prepare.ts";
import { sourcesOf } from "./inputs.run.ts";

const front = `---
id: asks
title: Asks
when: in tests
inputs:
  region: { type: region, summary: where }
  size: { type: integer, summary: how many, default: 3 }
  way: { type: choice, summary: which way, choices: [left, right] }
  token: { summary: a token, secret: true }
---
`;

describe("the inputs of a runbook on a terminal", () => {
  it("A person chooses from the regions that there are, and types the rest", async () => {
    const runbook = parseRunbook(`${front}${fence("shell reads", "true")}`, "asks.md");
    const answers = [
      { at: "region (where)", answer: "us" },
      { at: "size (how many)", answer: "5" },
      { at: "way (which way)", answer: "right" },
      { at: "token (a token)", answer: "pl4nted" },
    ];
    const context = clusterContext({ eu: {}, us: {} }, { answers });
    const options = { ...context.options, region: [], noInput: false } as unknown as Context["options"];
    const { sources } = await sourcesOf(
      runbook,
      { id: "asks.md", input: [], fromFinding: undefined },
      { ...context, options },
    );
    const { values, secrets } = await prepare(runbook, sources);
    expect([...values]).toEqual([
      ["region", "us"],
      ["size", "5"],
      ["way", "right"],
    ]);
    expect([...secrets.keys()]).toEqual(["token"]);
  });
});
