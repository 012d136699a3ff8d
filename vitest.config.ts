import { defineConfig } from "vitest/config";

// By night a property may try cases for as long as that takes.
const isDay = process.env["GENNET_NIGHTLY"] === undefined;
const night = isDay ? {} : { testTimeout: 3_600_000, hookTimeout: 3_600_000 };

/** A time-out only ends what hangs: some of the fast tiers run Git or kubectl, or build whole regions, on a busy machine. */
const hangsMs = 180_000;
const oneByOne = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 };

/** Takes ten minutes: a sandbox with two whole regions. */
const nightly = isDay ? ["test/scenarios/two-regions.test.ts"] : [];
const services = ["service-*", "older-service", "two-services"].map((name) => `test/scenarios/${name}.test.ts`);

/** The tiers. Without build/test.mjs, each runs after the one before it: what fails fast fails first. */
export default defineConfig({
  test: {
    update: "none",
    reporters: ["default", "./test/support/tally-reporter.ts"],
    projects: [
      // Modules are loaded once for all files of a worker: to load them for each file takes a third of the time of all.
      tier("unit", 0, {
        include: ["src/**/*.test.ts", "sandbox/src/**/*.test.ts"],
        testTimeout: hangsMs,
        isolate: false,
      }),
      tier("meta", 1, { include: ["test/meta/**/*.test.ts"], testTimeout: hangsMs }),
      // What is killed at every single step.
      tier("matrix", 2, { include: ["test/matrix/**/*.test.ts"], testTimeout: 120_000 }),
      tier("contract", 3, { include: ["test/contract/**/*.test.ts"], testTimeout: hangsMs, hookTimeout: hangsMs }),
      tier("acceptance", 4, {
        include: ["test/acceptance/**/*.test.ts"],
        globalSetup: ["test/support/acceptance-sandbox.ts"],
        ...oneByOne,
      }),
      // What needs no sandbox but takes long: `npm run test:services` runs it beside the services.
      tier("standalone", 5, { include: ["test/standalone/**/*.test.ts"], ...oneByOne }),
      // `npm run test:services` needs no sandbox, and two files run at a time.
      tier("service", 6, { include: services, testTimeout: 600_000, hookTimeout: 600_000 }),
      // `npm run test:kit`: the Python library, once on each Python.
      tier("kit", 7, { include: ["test/kit/**/*.test.ts"], testTimeout: 900_000, hookTimeout: 300_000 }),
      // Also by `npm run test:kit`, after it: how long recovery takes is a part of the result.
      tier("soak", 8, { include: ["test/soak/**/*.test.ts"], testTimeout: 1_200_000, hookTimeout: 300_000 }),
      // `npm run test:full`.
      tier("scenario", 9, {
        include: ["test/scenarios/**/*.test.ts"],
        exclude: [...services, ...nightly],
        ...oneByOne,
      }),
      // A part of `npm run bench`.
      tier("bench", 11, { include: ["test/bench/**/*.test.ts"], ...oneByOne }),
      // Not part of `npm test`: it creates things that cost money, and is only run by `npm run acceptance:aws`.
      tier("aws", 10, { include: ["test/aws/**/*.test.ts"], testTimeout: 3_600_000, hookTimeout: 300_000 }),
    ],
  },
});

function tier(name: string, order: number, test: object) {
  const maxWorkers = ["acceptance", "standalone", "soak", "scenario", "bench"].includes(name) ? 1 : 2;
  // A test without a comparison fails. On a busy machine, a program may take more than a second to start.
  const expect = { requireAssertions: true, poll: { timeout: 30_000 } };
  return {
    test: { name, environment: "node", maxWorkers, sequence: { groupOrder: order }, expect, ...test, ...night },
  };
}
