import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

/**
 * Counts the results, prints what failed and why a test was skipped, and ends the output with `N passed, N failed, N
 * skipped`. A test that is skipped without a reason counts as failed, and so do a file that cannot be loaded and an
 * error outside of a test. With GENNET_TALLY, writes the numbers to that file, for a caller that adds up several runs.
 */
export default class TallyReporter implements Reporter {
  private filtered = false;

  onInit(vitest: Vitest): void {
    this.filtered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tally = { passed: 0, failed: errors.length, skipped: 0 };
    const notes: string[] = errors.map((error) => `failed: outside of a test: ${firstLine([error])}`);
    for (const module of modules) {
      const broken = brokenSuites(module);
      tally.failed += broken.length;
      for (const suite of broken) notes.push(`failed: ${module.relativeModuleId}: ${firstLine(suite.errors())}`);
      for (const test of module.children.allTests()) {
        const { state, errors: reasons } = test.result();
        const reason = reasonOf(test);
        if (state === "passed") tally.passed += 1;
        else if (state === "failed") {
          tally.failed += 1;
          notes.push(`failed: ${module.relativeModuleId} > ${test.fullName}: ${firstLine(reasons)}`);
        } else if (this.filtered) tally.skipped += 1;
        else {
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

function brokenSuites(module: TestModule): (TestModule | TestSuite)[] {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.filter((suite) => suite.errors().length > 0);
}

function firstLine(errors: readonly { message: string }[]): string {
  return stripVTControlCharacters(errors[0]?.message ?? "").split("\n", 1)[0] ?? "";
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === "skipped" && result.note !== "" ? result.note : undefined;
}
