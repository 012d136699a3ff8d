import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { ServiceUnderTest, Variables } from "./scaffolded-service.ts";

/** A correct text in a file of the service, and its replacement. */
export type Mistake = readonly [file: string, right: string, wrong: string];

/** A service's tests must fail with each mistake: a test that cannot fail proves nothing. */
export function itFinds(mistakes: readonly Mistake[], { service, module, tests, env }: MistakeSetting): void {
  it.each(mistakes)("has a test that finds a mistake in %s: %s", async (file, right, wrong) => {
    const path = service.path("src", module, file);
    const text = await readFile(path, "utf8");
    expect(text).toContain(right);
    await writeFile(path, text.replace(right, wrong));
    try {
      const { exit, stdout } = await service.runWith(env?.() ?? {}, "pytest", "-q", "-x", ...tests);
      expect({ exit, stdout }).toMatchObject({ exit: 1, stdout: expect.stringContaining("1 failed") as string });
    } finally {
      await writeFile(path, text);
    }
  });
}

export interface MistakeSetting {
  readonly service: ServiceUnderTest;
  readonly module: string;
  /** The arguments for pytest. */
  readonly tests: readonly string[];
  readonly env?: () => Variables;
}
