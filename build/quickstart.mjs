// Leads from a fresh clone to two healthy regions, only with the commands that it prints.
import { spawn } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const folder = resolve("quickstart");
const gennet = resolve("bin/gennet");
const started = Date.now();
const running = new Set();

for (const name of ["SIGINT", "SIGTERM"]) {
  process.on(name, () => {
    for (const child of running) child.kill(name);
    process.exitCode = 130;
  });
}

try {
  await step("Build gennet", "node", ["build/bundle.mjs"], { cwd: resolve(".") });
  await mkdir(folder, { recursive: true });

  say("Bring up a sandbox with two regions; meanwhile, scaffold a service and run its tests");
  await Promise.all([command(process.execPath, [gennet, "sandbox", "up"], { prefix: "sandbox │ " }), scaffold()]);

  const env = await environment();
  await writeFile(resolve(folder, "gennet.yaml"), await answer([gennet, "sandbox", "env", "--platform"]));
  const inRegion = { env };
  await step("What the regions lack", process.execPath, [gennet, "region", "plan"], { ...inRegion, accept: [0, 8] });
  await step("Build both regions", process.execPath, [gennet, "region", "bootstrap", "--yes"], inRegion);
  await step("Put the service into both", process.execPath, [gennet, "sandbox", "run", "orders"], inRegion);
  await step("How it is", process.execPath, [gennet, "status"], inRegion);

  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(`
Done in ${seconds} s. The sandbox is up. Next:

  cd quickstart
  alias gennet=${gennet}
  eval "$(gennet sandbox env)"      # for gennet, kubectl and the AWS CLI
  gennet status -o wide
  kubectl --context eu-west-1 get pods -A
  gennet sandbox down               # ends it and leaves nothing behind
`);
} catch (error) {
  process.stderr.write(`\nquickstart: ${error.message}\n`);
  process.exitCode ||= 1;
}

async function scaffold() {
  const service = resolve(folder, "orders");
  const there = await access(service).then(
    () => true,
    () => false,
  );
  if (there) process.stdout.write("service │ orders is there from an earlier run\n");
  else {
    const words = ["new", "service", "orders", "--domain", "shop", "--owner", "team-shop"];
    await command(process.execPath, [gennet, ...words], { prefix: "service │ " });
  }
  // The version of uv is the one that the sandbox pins.
  const tools = resolve(folder, ".tools");
  const pinned = resolve("sandbox/aws/requirements.txt");
  await command("python3", ["-m", "venv", tools], { prefix: "service │ " });
  const install = ["-m", "pip", "install", "--quiet", "--constraint", pinned, "uv"];
  await command(resolve(tools, "bin/python"), install, { prefix: "service │ " });
  const uv = resolve(tools, "bin/uv");
  await command(uv, ["run", "--no-progress", "pytest", "-q"], { cwd: service, prefix: "service │ " });
}

async function environment() {
  const { variables } = JSON.parse(await answer([gennet, "sandbox", "env", "-o", "json"]));
  return { ...process.env, ...variables };
}

function say(title) {
  process.stdout.write(`\n▸ ${title}\n`);
}

async function step(title, program, words, options) {
  const shown = words.filter((word) => word !== gennet).join(" ");
  say(program === process.execPath ? `${title}: gennet ${shown}` : title);
  await command(program, words, options);
}

/** Runs a program in the quickstart's folder, its output line by line behind a prefix where one is given. */
function command(program, words, { prefix, cwd = folder, env = process.env, accept = [0] } = {}) {
  return new Promise((done, failed) => {
    const stdio = prefix === undefined ? "inherit" : ["ignore", "pipe", "pipe"];
    const child = spawn(program, words, { cwd, env, stdio });
    running.add(child);
    for (const stream of prefix === undefined ? [] : [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => process.stdout.write(`${prefix}${line}\n`));
    }
    child.on("error", failed);
    child.on("close", (code) => {
      running.delete(child);
      if (accept.includes(code)) done();
      else failed(new Error(`${[program, ...words].join(" ")} ended with ${code}`));
    });
  });
}

/** What a command answers on stdout. */
function answer(words) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.on("error", failed);
    child.on("close", (code) => (code === 0 ? done(text) : failed(new Error(`${words.join(" ")} ended with ${code}`))));
  });
}
