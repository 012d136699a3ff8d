import packageFile from "../package.json" with { type: "json" };

const argv = process.argv.slice(2);

// The version is asked for by scripts, often and in loops: it costs no module.
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  // Else an error of the write would be an exception that nothing catches.
  process.stdout.on("error", ({ message, code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    process.stderr.write(`error: The answer cannot be written: ${message}. [OUTPUT_UNWRITABLE]\n`);
    process.exitCode = 3;
  });
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
