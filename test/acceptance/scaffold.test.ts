import { describe, expect, it } from "vitest";
import { packageProblem } from "../../src/scaffold/python-package.ts";
import { shippedTemplate } from "../../src/scaffold/shipped-template.ts";
import { repository, run } from "../support/cli.ts";
import { passesItsOwnChecks, scaffolded } from "../support/scaffolded-service.ts";

describe("a scaffolded service", () => {
  const service = scaffolded("order-intake");
  passesItsOwnChecks(service);

  it("has a lockfile that its image can be built from", async () => {
    expect(await service.uv("lock", "--check")).toMatchObject({ exit: 0 });
  });
});

describe("a service that calls two others", () => {
  const service = scaffolded("orders", "--depends-on", `${"z".repeat(63)},order-stock`, "--called-by", "web");
  passesItsOwnChecks(service);

  it("reserves every name under which its environment would find another module", async () => {
    const { reservedPackages } = await shippedTemplate("fastapi-service");
    const script = `
import importlib.metadata, json, sys
names = set(importlib.metadata.packages_distributions()) | set(sys.stdlib_module_names)
names |= {name.lower() for each in importlib.metadata.distributions() if (name := each.name)}
print(json.dumps(sorted(name.replace("-", "_") for name in names)))`;
    const { stdout } = await service.run("python", "-c", script);
    const names = JSON.parse(stdout) as string[];
    expect(names.length).toBeGreaterThan(200);
    const usable = names.filter((name) => /^[a-z][a-z0-9_]*[a-z0-9]$/.test(name) && name !== "orders");
    expect(usable.filter((name) => packageProblem(name, reservedPackages) === undefined)).toEqual([]);
  });
});

describe("the packed gennet", () => {
  it("has every file of the template", async () => {
    const { exit, stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: repository });
    expect(exit).toBe(0);
    const [pack] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const packed = new Set(pack.files.map((file) => file.path));
    const { files } = await shippedTemplate("fastapi-service");
    const paths = files.map((file) => `templates/fastapi-service/files/${file.path}`);
    expect(paths.filter((path) => !packed.has(path))).toEqual([]);
    expect(packed).toContain("templates/fastapi-service/template.yaml");
  });
});
