import { describe, expect, it } from "vitest";
import { featureFlags } from "./feature-sets.ts";
import { scaffolded } from "./scaffolded-service.ts";
import { sharedEnvironment } from "./shared-environment.ts";

/** Services between others, each with one of these sets of features, on their own real stores. */
export function passTheirOwnTests(sets: readonly (readonly string[])[]): void {
  const shared = sharedEnvironment();

  describe.each(sets.map((chosen) => [chosen.join(",") || "no store", chosen] as const))(
    "a service with %s",
    (_stores, chosen) => {
      const service = scaffolded(
        "orders",
        ...featureFlags(chosen),
        "--depends-on",
        "stock,service",
        "--called-by",
        "web",
      );

      it("passes its own tests and reaches their coverage", async () => {
        const { exit, stdout } = await service.runWith(shared(), "pytest", "-q", "--cov");
        expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
        expect(stdout).toMatch(/^Required test coverage of [\d.]+% reached/m);
      });
    },
  );
}
