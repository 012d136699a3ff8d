import { describe, expect, it } from "vitest";
import { shippedTemplate } from "../../src/scaffold/shipped-template.ts";
import { repository, run } from "../support/cli.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { passesItsOwnChecks, scaffolded } from "../support/scaffolded-service.ts";

describe("a scaffolded service", () => {
  const service = scaffolded("order-intake");
  passesItsOwnChecks(service);

  it("A scaffolded service has a lockfile that its image can be built from", async () => {
    expect(await service.uv("lock", "--check")).toMatchObject({ exit: 0 });
  });
});

describe("the packed gennet", () => {
  it("The packed gennet contains every file of the template", async () => {
    const { exit, stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: repository });
    expect(exit).toBe(0);
    const [pack] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const packed = new Set(pack.files.map((file) => file.path));
    const { files } = await shippedTemplate("fastapi-service");
    const paths = files.map((file) => `templates/fastapi-service/files/${file.path}`);
    expect(nonEmpty(paths).filter((path) => !packed.has(path))).toEqual([]);
    expect(packed).toContain("templates/fastapi-service/template.yaml");
  });
});
