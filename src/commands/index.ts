import type { Context } from "../context.ts";
import type { Arguments, Command, Declaration, Flags } from "../core/command.ts";
import type { Document } from "../core/outcome.ts";
import { appList } from "./app/list.ts";
import { appTree } from "./app/tree.ts";
import { breakers } from "./breakers/breakers.ts";
import { complete } from "./completion/complete.ts";
import { completion } from "./completion/completion.ts";
import { doctor } from "./doctor/doctor.ts";
import { explain } from "./explain/explain.ts";
import { init } from "./init/init.ts";
import { lint } from "./lint/lint.ts";
import { mesh } from "./mesh/mesh.ts";
import { newService } from "./new/service.ts";
import { probe } from "./probe/probe.ts";
import { regionBootstrap } from "./region/bootstrap.ts";
import { regionDestroy } from "./region/destroy.ts";
import { regionList } from "./region/list.ts";
import { regionPlan } from "./region/plan.ts";
import { regionRollback } from "./region/rollback.ts";
import { regionShow } from "./region/show.ts";
import { regionStatus } from "./region/status.ts";
import { regionUpgrade } from "./region/upgrade.ts";
import { runbookList } from "./runbook/list.ts";
import { runbookNew } from "./runbook/new.ts";
import { runbookReport } from "./runbook/report.ts";
import { runbookRun } from "./runbook/run.ts";
import { runbookShow } from "./runbook/show.ts";
import { runbookTest } from "./runbook/test.ts";
import { sandboxDown } from "./sandbox/down.ts";
import { sandboxEnv } from "./sandbox/env.ts";
import { sandboxFail } from "./sandbox/fail.ts";
import { sandboxHeal } from "./sandbox/heal.ts";
import { sandboxImage } from "./sandbox/image.ts";
import { sandboxPods } from "./sandbox/pods.ts";
import { sandboxRun } from "./sandbox/run.ts";
import { sandboxStatus } from "./sandbox/status.ts";
import { sandboxUp } from "./sandbox/up.ts";
import { secretsList } from "./secrets/list.ts";
import { secretsRollback } from "./secrets/rollback.ts";
import { secretsRotate } from "./secrets/rotate.ts";
import { secretsVerify } from "./secrets/verify.ts";
import { serviceAdd } from "./service/add.ts";
import { serviceCheck } from "./service/check.ts";
import { serviceDescribe } from "./service/describe.ts";
import { serviceDiff } from "./service/diff.ts";
import { serviceGraph } from "./service/graph.ts";
import { serviceList } from "./service/list.ts";
import { serviceUpdate } from "./service/update.ts";
import { status } from "./status/status.ts";
import { sync } from "./sync/sync.ts";

/** Joins a declaration with the module that does its work, which is loaded only when the command runs. */
function command<A extends Arguments, F extends Flags, D extends Document>(
  declaration: Declaration<A, F>,
  load: Command<Context, A, F, D>["load"],
): Command<Context> {
  return { ...declaration, load };
}

/** Every command, in the order of the help. */
export const commands: readonly Command<Context>[] = [
  command(init, () => import("./init/init.run.ts")),
  command(sandboxUp, () => import("./sandbox/up.run.ts")),
  command(sandboxDown, () => import("./sandbox/down.run.ts")),
  command(sandboxStatus, () => import("./sandbox/status.run.ts")),
  command(sandboxEnv, () => import("./sandbox/env.run.ts")),
  command(sandboxRun, () => import("./sandbox/run.run.ts")),
  command(sandboxImage, () => import("./sandbox/image.run.ts")),
  command(sandboxFail, () => import("./sandbox/fail.run.ts")),
  command(sandboxHeal, () => import("./sandbox/heal.run.ts")),
  command(regionPlan, () => import("./region/plan.run.ts")),
  command(regionShow, () => import("./region/show.run.ts")),
  command(regionBootstrap, () => import("./region/bootstrap.run.ts")),
  command(regionUpgrade, () => import("./region/upgrade.run.ts")),
  command(regionRollback, () => import("./region/rollback.run.ts")),
  command(regionDestroy, () => import("./region/destroy.run.ts")),
  command(regionStatus, () => import("./region/status.run.ts")),
  command(regionList, () => import("./region/list.run.ts")),
  command(newService, () => import("./new/service.run.ts")),
  command(lint, () => import("./lint/lint.run.ts")),
  command(serviceCheck, () => import("./service/check.run.ts")),
  command(serviceDiff, () => import("./service/diff.run.ts")),
  command(serviceUpdate, () => import("./service/update.run.ts")),
  command(serviceAdd, () => import("./service/add.run.ts")),
  command(serviceList, () => import("./service/list.run.ts")),
  command(serviceDescribe, () => import("./service/describe.run.ts")),
  command(serviceGraph, () => import("./service/graph.run.ts")),
  command(secretsList, () => import("./secrets/list.run.ts")),
  command(secretsRotate, () => import("./secrets/rotate.run.ts")),
  command(secretsVerify, () => import("./secrets/verify.run.ts")),
  command(secretsRollback, () => import("./secrets/rollback.run.ts")),
  command(status, () => import("./status/status.run.ts")),
  command(sync, () => import("./sync/sync.run.ts")),
  command(appList, () => import("./app/list.run.ts")),
  command(appTree, () => import("./app/tree.run.ts")),
  command(mesh, () => import("./mesh/mesh.run.ts")),
  command(breakers, () => import("./breakers/breakers.run.ts")),
  command(probe, () => import("./probe/probe.run.ts")),
  command(runbookList, () => import("./runbook/list.run.ts")),
  command(runbookShow, () => import("./runbook/show.run.ts")),
  command(runbookRun, () => import("./runbook/run.run.ts")),
  command(runbookReport, () => import("./runbook/report.run.ts")),
  command(runbookTest, () => import("./runbook/test.run.ts")),
  command(runbookNew, () => import("./runbook/new.run.ts")),
  command(doctor, () => import("./doctor/doctor.run.ts")),
  command(explain, () => import("./explain/explain.run.ts")),
  command(completion, () => import("./completion/completion.run.ts")),
  command(complete, async () => (await import("./completion/complete.run.ts")).completing(commands)),
  command(sandboxPods, () => import("./sandbox/pods.run.ts")),
];
