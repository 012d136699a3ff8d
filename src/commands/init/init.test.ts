import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { callGennet } from "../../../test/support/cli.ts";
import { loadPlatform } from "../../platform/load.ts";
import { reviewPlatform } from "../../platform/review.ts";

const given = ["init", "--name", "acme", "--domain", "acme.example"];
const eu = ["--region", "eu=eu-west-1", "--account-id", "111122223333"];

describe("gennet init", () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), "gennet-init-"));
  });

  afterEach(async () => {
    await rm(cwd, { recursive: true });
  });

  const written = (): Promise<string> => readFile(join(cwd, "gennet.yaml"), "utf8");

  it("gennet init writes a valid file from flags", async () => {
    const flags = ["--region", "eu=eu-west-1,us=us-east-1", "--account-id", "111122223333,us=444455556666"];
    const others = ["--cluster", "us=big", "--profile", "ops", "--gitops-repository", "https://git.example/p.git"];
    const { exit, stdout } = await callGennet([...given, ...flags, ...others], { cwd });
    expect(exit).toBe(0);
    expect(stdout).toContain("gennet.yaml: eu, us");
    expect(await loadPlatform(cwd, undefined)).toMatchObject({
      name: "acme",
      domain: "acme.example",
      gitops: { repository: "https://git.example/p.git", branch: "main" },
      regions: [
        { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", cluster: "acme-eu", profile: "ops" },
        { name: "us", awsRegion: "us-east-1", accountId: "444455556666", cluster: "big", profile: "ops" },
      ],
    });
  });

  it("gennet init writes the schema to the path in the file's first line, and the file matches the schema", async () => {
    await callGennet([...given, ...eu], { cwd });
    const text = await written();
    const [, schemaPath = ""] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    const schema = JSON.parse(await readFile(join(cwd, schemaPath), "utf8")) as object;
    const valid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    expect(valid(parse(text))).toBe(true);
    expect(valid({ ...(parse(text) as object), regoins: [] })).toBe(false);
  });

  it("gennet init gives each region its own range of addresses, and decides on Kubernetes support in writing", async () => {
    const flags = ["--region", "eu=eu-west-1,us=us-east-1,ap=ap-south-1", "--account-id", "111122223333"];
    await callGennet([...given, ...flags], { cwd });
    const { regions } = await loadPlatform(cwd, undefined);
    expect(regions.map(({ network }) => network.cidr)).toEqual(["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16"]);
    const text = await written();
    expect(reviewPlatform(text, "gennet.yaml")).toEqual([]);
    expect((parse(text) as { regions: unknown[] }).regions).toMatchObject(
      Array.from({ length: 3 }, () => ({ kubernetes: { support: "extended" } })),
    );
    expect(text).toMatch(/^# `support` decides /m);
  });

  it("gennet init writes a file with comments, a final newline and no trailing spaces", async () => {
    await callGennet([...given, ...eu], { cwd });
    const text = await written();
    expect(text.match(/^# /gm)?.length).toBeGreaterThan(5);
    expect(text).toMatch(/[^\n]\n$/);
    expect(text).not.toMatch(/[ \t]$/m);
  });

  it("gennet init asks for everything that no flag provides, one region after the other", async () => {
    const answers = [
      { at: "Name of the platform", answer: "acme" },
      { at: "Domain", answer: "acme.example" },
      { at: "Git repository", answer: "" },
      { at: "Name of the region", answer: "eu" },
      { at: "Its AWS region", answer: "eu-west-1" },
      { at: "AWS account ID of eu", answer: "111122223333" },
      { at: "EKS cluster of eu", answer: "acme-eu" },
      { at: "AWS profile for eu", answer: "" },
      { at: "Another region", answer: true },
      { at: "Name of the region", answer: "us" },
      { at: "Its AWS region", answer: "us-east-1" },
      { at: "AWS account ID of us", answer: "444455556666" },
      { at: "EKS cluster of us", answer: "acme-us" },
      { at: "AWS profile for us", answer: "ops" },
      { at: "Another region", answer: false },
    ];
    expect((await callGennet(["init"], { cwd, answers })).exit).toBe(0);
    const { gitops, regions } = await loadPlatform(cwd, undefined);
    expect(gitops).toBeUndefined();
    expect(regions.map((region) => [region.name, region.profile])).toEqual([
      ["eu", undefined],
      ["us", "ops"],
    ]);
  });

  it("gennet init lists every missing flag in non-interactive mode", async () => {
    const { exit, stderr } = await callGennet(["init"], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain("--name NAME, --domain DOMAIN, --region NAME=AWS_REGION, --account-id ID.");
    expect((await callGennet([...given, "--region", "eu=eu-west-1"], { cwd })).stderr).toContain(
      "Required in non-interactive mode: --account-id",
    );
    expect(await readdir(cwd)).toEqual([]);
  });

  it.each([
    ["--region", "eu", "expected NAME=AWS_REGION"],
    ["--region", "eu=eu-west-1,eu=eu-west-2", '"eu" is already used'],
    ["--region", "EU=eu-west-1", "expected a DNS label"],
    ["--region", "eu=Ireland", "expected an AWS region"],
    ["--account-id", "1", "expected an AWS account ID of 12 digits"],
    ["--account-id", "us=111122223333", 'there is no region "us"'],
    ["--cluster", "eu=a b", "expected an EKS cluster name"],
    ["--name", "Acme", "expected a DNS label"],
    ["--domain", "acme", "expected a domain name"],
  ])("gennet init rejects %s %s", async (flag, value, reason) => {
    const base = ["--name", "acme", "--domain", "acme.example", ...eu];
    const kept = base.filter((_, at) => base[at - (at % 2)] !== flag);
    const { exit, stderr } = await callGennet(["init", ...kept, flag, value], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain(reason);
    expect(await readdir(cwd)).toEqual([]);
  });

  it("gennet init --dry-run shows the file without writing it, and exits with 8", async () => {
    const { exit, stdout } = await callGennet([...given, ...eu, "--dry-run"], { cwd });
    expect(exit).toBe(8);
    expect(parse(stdout)).toMatchObject({ name: "acme" });
    expect(await readdir(cwd)).toEqual([]);
  });

  it("gennet init never overwrites a file, and reports this before asking questions", async () => {
    await writeFile(join(cwd, "gennet.yaml"), "mine\n");
    const { exit, stderr } = await callGennet(["init"], { cwd, answers: [] });
    expect(exit).toBe(7);
    expect(stderr).toContain("CONFIG_EXISTS");
    expect(await written()).toBe("mine\n");
  });

  it("gennet init writes the file given with --config if its folder exists", async () => {
    await mkdir(join(cwd, "platform"));
    expect((await callGennet([...given, ...eu, "--config", "platform/gennet.yaml"], { cwd })).exit).toBe(0);
    expect((await loadPlatform(cwd, "platform/gennet.yaml")).name).toBe("acme");
    expect(await readdir(join(cwd, "platform"), { recursive: true })).toContain(".gennet/gennet.yaml.schema.json");
    const { exit, stderr } = await callGennet([...given, ...eu, "--config", "missing/gennet.yaml"], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain("CONFIG_UNWRITABLE");
  });
});
