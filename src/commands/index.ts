import type { Context } from "../context.ts";
import type { Command } from "../core/command.ts";
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
import { regionBootstrap } from "./region/bootstrap.ts";
import { regionList } from "./region/list.ts";
import { regionPlan } from "./region/plan.ts";
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

/** Every command, in the order of the help. */
export const commands: readonly Command<Context>[] = [
  init,
  sandboxUp,
  sandboxDown,
  sandboxStatus,
  sandboxEnv,
  sandboxRun,
  sandboxImage,
  sandboxFail,
  sandboxHeal,
  regionPlan,
  regionBootstrap,
  regionList,
  newService,
  lint,
  serviceCheck,
  serviceDiff,
  serviceUpdate,
  serviceAdd,
  serviceList,
  serviceDescribe,
  serviceGraph,
  secretsList,
  secretsRotate,
  secretsVerify,
  secretsRollback,
  status,
  sync,
  appList,
  appTree,
  mesh,
  breakers,
  doctor,
  explain,
  completion,
  complete,
  sandboxPods,
];
