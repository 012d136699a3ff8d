import { endProcess, processHost } from "../../src/host/process-host.ts";
import { main } from "../../src/main.ts";
import { trialTree } from "./trial-commands.ts";

endProcess(await main(process.argv.slice(2), processHost(), trialTree));
