// Runs the acceptance tests of a platform in a real account. They create a VPC, a NAT gateway, an EKS cluster and nodes
// in every region of the given gennet.yaml, which cost money until they are deleted. Therefore no argument has a default.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";

const usage = `usage: npm run acceptance:aws -- --account-id ID --config FILE

  --account-id ID   the 12-digit account in which things that cost money may be created
  --config FILE     the gennet.yaml whose regions are built; every one must name that account

What it creates stays: there is no command yet that removes it.
`;

const { values } = parseArgs({ options: { "account-id": { type: "string" }, config: { type: "string" } } });
const { "account-id": account, config } = values;
if (account === undefined || !/^\d{12}$/.test(account)) refuse("give the account explicitly: --account-id ID");
if (config === undefined) refuse("name the platform: --config FILE");
if (process.env["AWS_ENDPOINT_URL"]) refuse("AWS_ENDPOINT_URL is set: that is not AWS");

const platform = readFileSync(config, "utf8");
const foreign = parse(platform).regions.filter((region) => region.accountId !== account);
if (foreign.length > 0) {
  refuse(`${config} has regions of other accounts: ${foreign.map((region) => region.name).join(", ")}`);
}

run("node", ["build/bundle.mjs"]);
run("npx", ["--no-install", "vitest", "run", "--project", "aws"], { GENNET_ACCEPTANCE_PLATFORM: platform });

function run(command, words, env = {}) {
  const { status } = spawnSync(command, words, { stdio: "inherit", env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}

function refuse(reason) {
  process.stderr.write(`${reason}\n\n${usage}`);
  process.exit(2);
}
