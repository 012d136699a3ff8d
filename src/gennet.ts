import packageFile from "../package.json" with { type: "json" };

const argv = process.argv.slice(2);

// The version is asked for by scripts, often and in loops: it costs no module.
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  process.stdout.write(`${packageFile.version}\n`);
} else {
  void start();
}

async function start(): Promise<void> {
  const [{ main }, { processHost, endProcess }] = await Promise.all([
    import("./main.ts"),
    import("./host/process-host.ts"),
  ]);
  endProcess(await main(argv, processHost()));
}
