import { describe, expect, it } from "vitest";
import { structuralMerge } from "./structural-merge.ts";

const base = `[project]
name = "orders"
dependencies = [
    "fastapi==0.165.0",
    "pydantic==2.14.3",
]

[dependency-groups]
dev = [
    "mypy==2.4.1",
]

[tool.ruff]
line-length = 100
select = ["A", "B"]

# For coverage.
[tool.coverage.run]
branch = true
`;
const toml = (ours: string, theirs: string): Promise<string | undefined> =>
  structuralMerge("pyproject.toml", { base, ours, theirs });

describe("a list of requirements", () => {
  it("A list of requirements is a set, with the additions of the service and of a feature", async () => {
    const ours = base.replace('    "fastapi', '    "boto3==1.40.0",  # invoices are kept in S3\n    "fastapi');
    const theirs = base
      .replace('    "fastapi', '    "alembic==1.20.1",\n    "asyncpg==0.32.0",\n    "fastapi')
      .replace("pydantic==2.14.3", "pydantic==2.15.0");
    expect(await toml(ours, theirs)).toBe(
      base.replace(
        '    "fastapi==0.165.0",\n    "pydantic==2.14.3"',
        '    "alembic==1.20.1",\n    "asyncpg==0.32.0",\n    "boto3==1.40.0",  # invoices are kept in S3\n' +
          '    "fastapi==0.165.0",\n    "pydantic==2.15.0"',
      ),
    );
  });

  it("A list of requirements identifies a project however its name and version are written", async () => {
    const ours = base.replace('"pydantic==2.14.3",', '"Pydantic == 2.14.3",\n    "redis_py>=1",');
    expect(
      await toml(ours, base.replace('"pydantic==2.14.3",', '"pydantic==2.14.3",\n    "redis-py==8",')),
    ).toBeUndefined();
    expect(
      await toml(base.replace("pydantic==2.14.3", "pydantic==2.14.9"), base.replace("2.14.3", "2.15.0")),
    ).toBeUndefined();
  });

  it("A list of requirements keeps the service's formatting: on one line, or without a final comma", async () => {
    const list = /dependencies = \[\n[^\]]*\]/;
    const theirs = base
      .replace('    "pydantic', '    "httpx==0.28.1",\n    "pydantic')
      .replace(/\n\]/, '\n    "uvicorn==1",\n]');
    const oneLine = base.replace(list, 'dependencies = ["boto3", "fastapi==0.165.0", "pydantic==2.14.3"]');
    expect(await toml(oneLine, theirs)).toContain(
      'dependencies = ["boto3", "fastapi==0.165.0", "httpx==0.28.1", "pydantic==2.14.3", "uvicorn==1"]\n',
    );
    const noComma = base.replace(list, 'dependencies = [\n  "boto3",\n  "fastapi==0.165.0",\n  "pydantic==2.14.3"\n]');
    expect(await toml(noComma, theirs)).toContain(
      'dependencies = [\n  "boto3",\n  "fastapi==0.165.0",\n  "httpx==0.28.1",\n  "pydantic==2.14.3",\n  "uvicorn==1"\n]\n',
    );
  });

  it("A list of requirements loses what the template removed, and what the service removed does not return", async () => {
    const ours = base.replace('    "fastapi==0.165.0",\n', '    "boto3",\n');
    const theirs = base.replace('    "pydantic==2.14.3",\n', '    "httpx==0.28.1",\n');
    expect(await toml(ours, theirs)).toContain('dependencies = [\n    "httpx==0.28.1",\n    "boto3",\n]');
  });

  it("A list of requirements gets the template's comments", async () => {
    const ours = base.replace('    "fastapi', '    "boto3",\n    "fastapi');
    const theirs = base.replace('    "fastapi', '    # For migrations.\n    "alembic==1.20.1",\n    "fastapi');
    expect(await toml(ours, theirs)).toContain('    # For migrations.\n    "alembic==1.20.1",\n    "boto3",\n');
  });
});

describe("tables and values", () => {
  it("TOML tables and values come from both sides", async () => {
    const ours = base
      .replace("line-length = 100", "line-length = 120 # wide screens")
      .replace('["A", "B"]', '["A", "B", "MINE"]')
      .concat("\n[tool.mine]\nkey = 1\n");
    const theirs = base
      .replace('["A", "B"]', '["A", "B", "C"]')
      .replace("[tool.ruff]\n", '[tool.alembic]\nlocation = "here"\n\n[tool.ruff]\n')
      .replace("branch = true\n", 'branch = true\n# New.\nconcurrency = ["thread"]\n');
    expect(await toml(ours, theirs)).toBe(
      base
        .replace("line-length = 100", "line-length = 120 # wide screens")
        .replace('["A", "B"]', '["A", "B", "C", "MINE"]')
        .replace("[tool.ruff]\n", '[tool.alembic]\nlocation = "here"\n\n[tool.ruff]\n')
        .replace("branch = true\n", 'branch = true\n# New.\nconcurrency = ["thread"]\n')
        .concat("\n[tool.mine]\nkey = 1\n"),
    );
  });

  it("TOML values that the template removed are removed if the service did not change them", async () => {
    const ours = base.replace('name = "orders"', 'name = "my-orders"');
    const gone = base.replace("# For coverage.\n[tool.coverage.run]\nbranch = true\n", "");
    expect(await toml(ours, gone.replace('"orders"', '"orders"'))).toBe(
      ours.replace("# For coverage.\n[tool.coverage.run]\nbranch = true\n", ""),
    );
    expect(await toml(ours.replace("branch = true", "branch = false"), gone)).toBeUndefined();
  });

  it.each([
    ["both changed a value", base.replace("100", "120"), base.replace("100", "88")],
    [
      "the template changed what the service deleted",
      base.replace("line-length = 100\n", ""),
      base.replace("100", "88"),
    ],
    [
      "a comment of the template has no place",
      base.replace("100", "120"),
      base.replace("[project]", "# About us.\n[project]"),
    ],
    ["it is not TOML", `${base}= 1\n`, base.replace("100", "88")],
  ])("TOML values are a conflict if %s", async (_what, ours, theirs) => {
    expect(await toml(ours, theirs)).toBeUndefined();
  });
});
