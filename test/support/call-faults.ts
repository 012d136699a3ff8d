import { toAppError } from "../../src/aws/errors.ts";
import { remoteError } from "../../src/git/remote-errors.ts";
import { connectionError, statusError } from "../../src/k8s/errors.ts";
import type { CallFate, ProcessCall } from "./process-calls.ts";

/**
 * What AWS and API servers do to a single call, with the errors of our adapters after their own retries:
 * - throttled, failing (HTTP 500), denied, unconnected: it has no effect.
 * - lost: it takes effect, and the connection is lost before the answer.
 * - stale: a read of AWS is answered by a replica that does not know the last change yet.
 */
export const faults = ["throttled", "failing", "denied", "unconnected", "lost", "stale"] as const;
export type Fault = (typeof faults)[number];

const holder = {
  name: "eu",
  awsRegion: "eu-west-1",
  accountId: "111122223333",
  holder: { name: "default", settings: {} },
};

export interface FaultyCall {
  readonly fate: CallFate;
  /** Whether the fault has changed what its call did or returned. */
  readonly used: () => boolean;
}

/** Returns the fate of a process in which the call of this number meets a fault. */
export function faultAt(at: number, fault: Fault): FaultyCall {
  let used = false;
  /** The answers to each question so far. */
  const known = new Map<string, unknown[]>();
  const fail = (call: ProcessCall): never => {
    used = true;
    if (call.name.startsWith("git ")) throw gitError(fault);
    throw call.name.startsWith("kubernetes ") ? kubeError(call, fault) : awsError(call, fault);
  };
  const stale = (answer: unknown, question: string, isFaulty: boolean): unknown => {
    const before = known.get(question) ?? [];
    const text = JSON.stringify(answer);
    const older = before.findLast((each) => JSON.stringify(each) !== text);
    known.set(question, [...before, answer]);
    // A question that was not asked before has no older answer.
    if (!isFaulty || before.length === 0 || !before.some((each) => JSON.stringify(each) !== text)) return answer;
    used = true;
    return older;
  };
  return {
    used: () => used,
    fate: {
      arrives: (number, call) => {
        if (number === at && fault !== "lost" && fault !== "stale") fail(call);
      },
      answers: (number, call, answer, args) => {
        if (number === at && fault === "lost") return fail(call);
        if (fault !== "stale" || call.name.startsWith("kubernetes ")) return answer;
        const given = args.filter((each) => !(each instanceof AbortSignal));
        const question = `${call.region} ${call.name} ${JSON.stringify(given)}`;
        return stale(answer, question, number === at && call.changes === 0);
      },
    },
  };
}

/** The errors of the SDK: https://docs.aws.amazon.com/awssupport/latest/user/CommonErrors.html */
function awsError({ name }: ProcessCall, fault: Fault): Error {
  const [service = "", method = ""] = name.split(" ");
  const $action = `${service.toUpperCase()} ${method.charAt(0).toUpperCase()}${method.slice(1)}`;
  const thrown = (code: string, message: string, status?: number): Error =>
    Object.assign(new Error(message), {
      name: code,
      $action,
      ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
    });
  const errors: Partial<Record<Fault, Error>> = {
    throttled: thrown("ThrottlingException", "Rate exceeded", 400),
    failing: thrown("InternalFailure", "An internal error has occurred", 500),
    denied: thrown("AccessDenied", `User is not authorized to perform: ${service}:${method}`, 403),
  };
  return toAppError(errors[fault] ?? thrown("Error", "read ECONNRESET"), holder);
}

function kubeError({ name }: ProcessCall, fault: Fault): Error {
  const cluster = { name: "eu", kubectl: "kubectl --context eu" };
  const denied = 'namespaces "acme" is forbidden: User "ada" cannot get resource "namespaces" at the cluster scope';
  const answers: Partial<Record<Fault, readonly [code: number, message: string]>> = {
    throttled: [429, "too many requests"],
    failing: [500, "etcdserver: request timed out"],
    denied: [403, denied],
  };
  const answer = answers[fault];
  return answer === undefined
    ? connectionError("eu", new URL("https://api.example"), new Error("read ECONNRESET"))
    : statusError(cluster, name, answer[0], { message: answer[1] });
}

/** What Git prints when a server answers like this. */
function gitError(fault: Fault): Error {
  const address = "https://git.example/platform.git";
  const statuses: Partial<Record<Fault, number>> = { throttled: 429, failing: 500, denied: 403 };
  const status = statuses[fault];
  const said =
    status === undefined
      ? `fatal: unable to access '${address}/': Recv failure: Connection reset by peer`
      : `fatal: unable to access '${address}/': The requested URL returned error: ${status}`;
  const error = remoteError(address, said);
  if (error === undefined) throw new Error(`not recognised: ${said}`);
  return error;
}
