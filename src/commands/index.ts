import type { Context } from "../context.ts";
import type { Command } from "../core/command.ts";
import { explain } from "./explain.ts";
import { newService } from "./new-service.ts";
import { status } from "./status.ts";

/** Every command, in the order help shows them. */
export const commands: readonly Command<Context>[] = [newService, status, explain];
