import { expect, it } from "vitest";
import { processTable } from "./process-table.ts";
import { proportionalBytes } from "./shared-memory.ts";

it("A process's memory is at most its resident memory, and equals it if the kernel reports no shares", async () => {
  const own = (await processTable()).get(process.pid);
  if (own === undefined) throw new Error("this process is not in the table");
  const bytes = await proportionalBytes(own);
  expect(bytes).toBeGreaterThan(1_000_000);
  // The two values are not read at the same moment.
  expect(bytes).toBeLessThan(own.residentBytes * 1.2);
  expect(await proportionalBytes({ ...own, pid: 2 ** 30 })).toBe(own.residentBytes);
});
