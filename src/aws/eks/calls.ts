import { DescribeUpdateCommand, EKSClient, type Update } from "@aws-sdk/client-eks";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import { poll } from "../../core/poll.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { callsTo, type Calls } from "../calls.ts";
import { nameErrors, type Session } from "../session.ts";
import { updateInProgress } from "./refused-for-now.ts";
import { oncePassed } from "../passing-refusal.ts";

/** What an update changes: a cluster, or one of its parts. */
interface UpdatedThing {
  readonly name: string;
  readonly nodegroupName?: string;
  readonly addonName?: string;
  readonly capabilityName?: string;
}

/** Statuses in which EKS is at work, of clusters and of all their parts. */
const busy: ReadonlySet<string> = new Set(["PENDING", "CREATING", "UPDATING", "DELETING"]);

/** Calls of EKS. */
export interface EksCalls extends Calls {
  readonly client: EKSClient;
  readonly session: Session;
  /** Begins an update once no other one is in progress, and waits until it has ended. */
  update(
    thing: UpdatedThing,
    begin: (options: { readonly abortSignal: AbortSignal }) => Promise<{ readonly update?: Update | undefined }>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Waits until an update has ended. Throws STEP_FAILED with the errors that EKS reports if it was not successful. */
  ended(thing: UpdatedThing, update: Pick<Update, "id" | "type">, signal: AbortSignal): Promise<void>;
  /** Waits until `read` returns nothing, or a status in which EKS is not at work. */
  settled(
    what: string,
    read: () => Promise<{ readonly status: string } | undefined>,
    signal: AbortSignal,
  ): Promise<void>;
}

// A node group with many nodes is replaced node by node, and each may take 15 minutes to be drained.
const updatePatienceMs = 4 * 60 * 60_000;
// EKS replaces the nodes of Auto Mode before it rolls a control plane back, and gives up after 12 hours by default:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_RollbackConfig.html
const rollbackPatienceMs = 13 * 60 * 60_000;
const pauses = { firstPauseMs: 1_000, longestPauseMs: 15_000 };

export function eksCalls(session: Session): EksCalls {
  const client = new EKSClient(session.config());
  nameErrors(client.middlewareStack);
  const calls = callsTo(session);
  const { clock, emit } = session;
  const report = (waiting: string): void => emit({ type: "note", level: "debug", text: waiting });
  const late = (waiting: string, waitedMs: number): AppError =>
    new AppError("STEP_NOT_READY", `${waiting}, still after ${formatDuration(waitedMs)}.`, {
      next: ["Run the same command again: it continues from here."],
    });

  const ended: EksCalls["ended"] = async (thing, { id, type }, signal) => {
    const command = new DescribeUpdateCommand({ ...thing, updateId: id });
    const what = `the ${type} of ${thing.nodegroupName ?? thing.addonName ?? thing.capabilityName ?? thing.name}`;
    const over = await poll({
      look: async () => {
        const answer = await calls.call(signal, (options) => client.send(command, options));
        const { status } = answer.update ?? {};
        const isOver = status === "Successful" || status === "Failed" || status === "Cancelled";
        return isOver ? { found: answer.update as Update } : { waiting: `${what} is ${status ?? "InProgress"}` };
      },
      tolerates: gotNoAnswer,
      patienceMs: type === "VersionRollback" ? rollbackPatienceMs : updatePatienceMs,
      ...pauses,
      report,
      late,
      clock,
      signal,
    });
    if (over.status === "Successful") return;
    const errors = (over.errors ?? []).map((error) => `${error.errorCode ?? "error"}: ${error.errorMessage ?? ""}`);
    const reason = errors.join("; ") || "EKS reports no reason";
    throw new AppError("STEP_FAILED", `EKS ended ${what} as ${over.status}: ${reason}`, {
      next: ["Fix the cause, then run the same command again: it resumes from here."],
    });
  };

  return {
    ...calls,
    client,
    session,
    ended,
    async update(thing, begin, signal) {
      const { update } = await oncePassed(session, signal, updateInProgress, () => calls.call(signal, begin));
      if (update !== undefined) await ended(thing, update, signal);
    },
    async settled(what, read, signal) {
      await poll({
        look: async () => {
          const { status } = (await read()) ?? {};
          return status !== undefined && busy.has(status) ? { waiting: `${what} is ${status}` } : { found: true };
        },
        tolerates: gotNoAnswer,
        patienceMs: updatePatienceMs,
        ...pauses,
        report,
        late,
        clock,
        signal,
      });
    },
  };
}
