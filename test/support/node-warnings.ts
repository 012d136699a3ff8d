/** Listens to a signal as fifty requests at once do. */
type Listen = (signal: AbortSignal) => Promise<void>;

/** Does `work`, and returns the warnings that Node.js meanwhile had. */
export async function warningsOf(work: (listen: Listen) => Promise<unknown>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const hear = ({ message }: Error): unknown => warnings.push(message);
  process.on("warning", hear);
  try {
    await work(async (signal) => {
      for (let request = 0; request < 50; request++) signal.addEventListener("abort", () => request);
      // Warnings are emitted in the next tick.
      await new Promise((resolve) => setImmediate(resolve));
    });
  } finally {
    process.off("warning", hear);
  }
  return warnings;
}
