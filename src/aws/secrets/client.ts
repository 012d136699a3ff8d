import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  paginateListSecrets,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { SecretValue } from "../../core/secret-value.ts";
import { callsTo } from "../calls.ts";
import { toDescription, toSummary } from "./shapes.ts";
import { lifecycleCalls } from "./lifecycle.ts";
import type { SecretLifecycle, SecretsManager } from "./port.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";

/** Connects to Secrets Manager through its SDK. */
export function createSecretsManager(session: Session): Connected<SecretsManager & SecretLifecycle> {
  const client = new SecretsManagerClient(session.config());
  nameErrors(client.middlewareStack);
  const calls = callsTo(session);
  const { call, find } = calls;

  const port: SecretsManager & SecretLifecycle = {
    ...lifecycleCalls(client, calls),

    async *list(signal) {
      const pages = paginateListSecrets({ client, pageSize: 100 }, {}, { abortSignal: signal })[Symbol.asyncIterator]();
      for (;;) {
        const page = await call(signal, () => pages.next());
        if (page.done === true) return;
        yield (page.value.SecretList ?? []).map(toSummary);
      }
    },

    async describe(id, signal) {
      const answer = await find(signal, (options) => client.send(new DescribeSecretCommand({ SecretId: id }), options));
      return answer && toDescription(answer);
    },

    async version(id, which, signal) {
      const query = "stage" in which ? { VersionStage: which.stage } : { VersionId: which.versionId };
      const answer = await find(signal, (options) =>
        client.send(new GetSecretValueCommand({ SecretId: id, ...query }), options),
      );
      if (answer === undefined) return undefined;
      return {
        id: answer.VersionId ?? "",
        ...(answer.CreatedDate && { createdAt: answer.CreatedDate }),
        value: new SecretValue(answer.SecretString ?? answer.SecretBinary ?? ""),
        binary: answer.SecretString === undefined,
      };
    },

    putPending: (id, versionId, value, signal) => port.put(id, { id: versionId, stage: "AWSPENDING" }, value, signal),

    async moveStage(id, stage, { from, to }, signal) {
      const command = new UpdateSecretVersionStageCommand({
        SecretId: id,
        VersionStage: stage,
        ...(from === undefined ? {} : { RemoveFromVersionId: from }),
        ...(to === undefined ? {} : { MoveToVersionId: to }),
      });
      try {
        await call(signal, (options) => client.send(command, options));
      } catch (error) {
        signal.throwIfAborted();
        // A retry of a call whose response was lost is rejected, because the label is no longer at `from`.
        const now = Object.entries((await port.describe(id, signal))?.versions ?? {});
        const at = now.find(([, stages]) => stages.includes(stage))?.[0];
        if (to === undefined ? at === from : at !== to) throw error;
      }
    },
  };
  return { port, close: () => client.destroy() };
}
