import { writeFileSync } from "node:fs";
import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

/**
 * Counts the results, prints why a test was skipped, and ends the output with `N passed, N failed, N skipped`. A test
 * that is skipped without a reason counts as failed, and so do a file that cannot be loaded and an error outside of a
 * test. With GENNET_TALLY, writes the numbers to that file, for a caller that adds up several runs.
 */
export default class TallyReporter implements Reporter {
  private filtered = false;

  onInit(vitest: Vitest): void {
    this.filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tally = { passed: 0, failed: errors.length, skipped: 0 };
    const notes: string[] = [];
    for (const module of modules) {
      tally.failed += brokenSuites(module);
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed" || state === "failed") tally[state] += 1;
        else if (this.filtered) tally.skipped += 1;
        else {
          const reason = reasonOf(test);
          tally[reason === undefined ? "failed" : "skipped"] += 1;
          notes.push(`skipped: ${test.fullName}: ${reason ?? "NO REASON GIVEN; use context.skip(reason)"}`);
        }
      }
    }
    if (tally.failed > 0) process.exitCode = 1;
    const file = process.env["GENNET_TALLY"];
    if (file !== undefined) writeFileSync(file, JSON.stringify(tally));
    process.once("exit", () => {
      for (const note of notes) process.stdout.write(`${note}\n`);
      if (file !== undefined) return;
      process.stdout.write(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
    });
  }
}

function brokenSuites(module: TestModule): number {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0).length;
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === "skipped" && result.note !== "" ? result.note : undefined;
}
