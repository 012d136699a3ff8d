import { randomUUID } from "node:crypto";
import type { Context } from "../context.ts";
import type { Progress } from "../core/apply.ts";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Journal } from "../core/journal.ts";
import type { Outcome } from "../core/outcome.ts";
import { runSaga, type Stage } from "../core/saga.ts";
import { beginRun, type Run, unfinishedRun } from "../core/saga-run.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { labelled } from "../secrets/labels.ts";
import { assertNotInFlight, assertRotatable, readerObstacles, secretObstacles } from "../secrets/obstacles.ts";
import { changedKeys, type Payload, withField } from "../secrets/payload.ts";
import { type Reader, readersIn } from "../secrets/readers.ts";
import { factsOf, type RotationFacts, stagesOf, toFacts } from "../secrets/rotation.ts";
import { exitOfRun, type SecretRotation, toRegions, withResult } from "../secrets/rotation-report.ts";
import { rotationText } from "../secrets/rotation-text.ts";
import type { World } from "../secrets/world.ts";
import { agree, assertAnswerable } from "./consent.run.ts";
import type { OpenedSecret } from "./secrets-world.run.ts";

export interface RotationRequest extends Pick<RotationFacts, "kind" | "key" | "source"> {
  /** Made or asked for when it is needed: not at all, where an earlier process has stored it. */
  readonly newValue: () => Promise<SecretValue>;
  readonly newVersion: () => string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** A new run: looks what stands in its way, shows what it will do, asks, and does it. */
export async function begin(
  opened: OpenedSecret,
  request: RotationRequest,
  journal: Journal,
  context: Context,
): Promise<Outcome<SecretRotation>> {
  const { world, description } = opened;
  if (unfinishedRun(journal) !== undefined) throw unfinished(world.secret);
  assertAnswerable(request.yes || request.dryRun, "--dry-run   shows what would be done", context);
  assertNotInFlight(world.secret, description);
  const before = labelled(description, "AWSCURRENT") ?? "";
  const text = await world.payload(before, context.signal);
  const obstacles = secretObstacles(world.secret, description, text);
  if (text === undefined || obstacles.length > 0) return refuse(world, obstacles);
  const target = request.newVersion();
  const { keys, value } = await subjectOf(request, target, text, world, context.signal);
  const readers = await readersOf(world, keys, context.signal);
  assertRotatable(world.secret, await readerObstacles(readers, value, context.signal));

  const plan = planOf(world, before, readers, request);
  if (request.dryRun) return { exit: exit.pending, document: plan };
  context.preview(plan, rotationText);
  await agree(`${request.kind === "rotate" ? "Rotate" : "Roll back"} ${world.secret}?`, request.yes, context);
  const previous = labelled(description, "AWSPREVIOUS");
  const { kind, key, source } = request;
  const facts = toFacts({ kind, source, before, target, ...(key && { key }), ...(previous && { previous }) });
  return perform(world, await beginRun(journal, randomUUID(), facts), request, plan, journal, context);
}

/** Goes on with the run that has not come to its end; `turn` turns it round first. */
export async function resume(
  { world }: OpenedSecret,
  request: RotationRequest,
  journal: Journal,
  context: Context,
  turn?: () => Promise<unknown>,
): Promise<Outcome<SecretRotation>> {
  const run = unfinishedRun(journal);
  if (run === undefined) {
    throw new AppError("SAGA_NOTHING_TO_RESUME", `No rotation of ${world.secret} is unfinished here.`);
  }
  assertAnswerable(request.yes || request.dryRun, "--dry-run   shows what would be done", context);
  const facts = factsOf(run);
  const back = turn !== undefined || run.failure !== undefined;
  // Asked for now: an answer that is missing must not turn the run round.
  const stored = back || (await world.payload(facts.target, context.signal)) !== undefined;
  const value = stored ? undefined : await request.newValue();
  const readers = await readersOf(world, facts.key === undefined ? undefined : [facts.key], context.signal);
  const plan = planOf(world, facts.before, readers, facts);
  if (request.dryRun) return { exit: exit.pending, document: plan };
  context.preview(plan, rotationText);
  const question = back ? "Take the unfinished rotation back?" : "Go on with the unfinished rotation?";
  await agree(question, request.yes, context);
  await turn?.();
  const newValue = async (): Promise<SecretValue> => value ?? request.newValue();
  return perform(world, unfinishedRun(journal) ?? run, { ...request, newValue }, plan, journal, context);
}

async function perform(
  world: World,
  run: Run,
  { newValue }: Pick<RotationRequest, "newValue">,
  plan: SecretRotation,
  journal: Journal,
  { host, signal, emit }: Context,
): Promise<Outcome<SecretRotation>> {
  const { kind, key, before, target, previous } = factsOf(run);
  const newText = async (aborted: AbortSignal): Promise<SecretValue> => {
    const old = await world.payload(before, aborted);
    const value = await newValue();
    return key === undefined || old === undefined ? value : withField(old, key, value);
  };
  const versions = { run: run.id, before, target, ...(previous && { previous }) };
  const stages = stagesOf(world, versions, kind, newText);
  emit({ type: "tasks", tasks: stages.map(({ id, title }: Stage) => ({ id, title })) });
  const report = ({ step, ...progress }: Progress): void => emit({ type: "task", id: step, ...progress });
  const result = await runSaga(stages, run, journal, { clock: host.clock, signal, report }).catch((error: unknown) => {
    const text = `The rotation of ${world.secret} is unfinished: --resume goes on with it, \`secrets rollback\` takes it back.`;
    emit({ type: "note", level: "warn", text });
    throw error;
  });
  return { exit: exitOfRun(result), document: withResult(plan, run.id, target, result) };
}

/** What changes: the value of a key, or all; and which value is there today. */
async function subjectOf(
  { kind, key }: RotationRequest,
  target: string,
  text: Payload,
  world: World,
  signal: AbortSignal,
): Promise<{ readonly keys: readonly string[] | undefined; readonly value: SecretValue }> {
  if (kind === "rollback") {
    const previous = await world.payload(target, signal);
    return { keys: previous && changedKeys(text, previous), value: text.text };
  }
  if (key === undefined && text.fields === undefined) return { keys: undefined, value: text.text };
  const value = key === undefined ? undefined : text.fields?.get(key);
  if (key !== undefined && value !== undefined) return { keys: [key], value };
  const known = [...(text.fields?.keys() ?? [])];
  const why =
    text.fields === undefined
      ? "is no JSON object, so it has no keys"
      : `is a JSON object with the keys ${known.join(", ")}`;
  throw new AppError("SECRET_KEY_NEEDED", `${world.secret} ${why}.`, {
    next: text.fields === undefined ? ["Leave --key away."] : known.map((each) => `--key ${each}`),
  });
}

async function readersOf(world: World, keys: readonly string[] | undefined, signal: AbortSignal): Promise<Reader[]> {
  return (await Promise.all(world.sites.map((site) => readersIn(site, world, keys, signal)))).flat();
}

function planOf(
  world: World,
  before: string,
  readers: readonly Reader[],
  { kind, key }: Pick<RotationFacts, "kind" | "key">,
): SecretRotation {
  return {
    kind: "SecretRotation",
    secret: world.secret,
    does: kind,
    ...(key === undefined ? {} : { key }),
    outcome: "pending",
    versions: { before },
    regions: toRegions(world, readers),
    stages: [],
    findings: [],
  };
}

function refuse(world: World, obstacles: Parameters<typeof assertRotatable>[1]): never {
  assertRotatable(world.secret, obstacles);
  throw new Error("a secret without text has an obstacle");
}

function unfinished(secret: string): AppError {
  return new AppError("SECRET_ROTATION_UNFINISHED", `An earlier rotation of ${secret} has not come to its end.`, {
    next: [
      `gennet secrets rotate ${secret} --resume   goes on with it`,
      `gennet secrets rollback ${secret}   takes it back`,
    ],
  });
}
