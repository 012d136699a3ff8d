import { randomUUID } from "node:crypto";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Journal } from "../core/journal.ts";
import type { Outcome } from "../core/outcome.ts";
import type { StepProgress } from "../core/run.ts";
import { runSaga, type Stage } from "../core/saga.ts";
import { beginSaga, type SagaRun, unfinishedRun } from "../core/saga-run.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { shell } from "../core/shell-words.ts";
import { labelled } from "./labels.ts";
import { decodesByGuess, deliveryObstacles } from "./delivery.ts";
import { holdersOf } from "./holders.ts";
import { assertNotInFlight, assertRotatable, secretObstacles } from "./obstacles.ts";
import { type Payload, withField } from "./payload.ts";
import { preflight } from "./preflight.ts";
import { factsOf, type RotationFacts, stagesOf, toFacts } from "./rotation.ts";
import { exitOfRun, type SecretRotation, withResult } from "./rotation-report.ts";
import { subjectOf, withValue } from "./subject.ts";
import { planOf, readersOf } from "./rotation-plan.ts";
import { nothingUnfinished, type RotationSettings } from "./rotation-settings.ts";
import type { OpenedSecret, RotationWorld } from "./world.ts";

export interface RotationRequest extends Pick<RotationFacts, "kind" | "key"> {
  /** `asked`: a person is asked for it when it is needed. */
  readonly source: RotationFacts["source"] | "asked";
  /** Not called where an earlier process has stored it. `guessed`: a reader decodes what happens to be base64. */
  readonly newValue: (guessed: boolean) => Promise<SecretValue>;
  readonly newVersion: () => string;
  readonly dryRun: boolean;
}

const lookOnly = "Pass --dry-run to see what would be done.";

/** A new run: looks for what blocks it, shows what it will do, asks, and does it. */
export async function begin(
  opened: OpenedSecret,
  request: RotationRequest,
  journal: Journal,
  settings: RotationSettings,
): Promise<Outcome<SecretRotation>> {
  const { world, description } = opened;
  const { signal } = settings;
  if (unfinishedRun(journal) !== undefined) throw unfinished(world.secret);
  if (!request.dryRun) settings.assertAnswerable(lookOnly);
  assertNotInFlight(world.secret, description);
  const before = labelled(description, "AWSCURRENT") ?? "";
  const current = await world.payload(before, signal);
  const obstacles = secretObstacles(world.secret, description, current, request.kind);
  if (current === undefined || obstacles.length > 0) return refuse(world, obstacles);
  const target = request.newVersion();
  const stored = request.kind === "rollback" ? await world.payload(target, signal) : undefined;
  const subject = await subjectOf(request, description, current, stored, world, signal);
  const { readers, obstacles: found } = await preflight(world, subject, signal);
  assertRotatable(world.secret, found);
  const deliver = async (payload: Payload): Promise<void> =>
    assertRotatable(world.secret, await deliveryObstacles(readers, current, payload, signal));
  const make = async (): Promise<SecretValue> => request.newValue(readers.some(decodesByGuess));
  // One that a person is asked for comes last; any other shows at once whether it comes through.
  const early = stored === undefined && request.source !== "asked" ? await make() : undefined;
  if (stored !== undefined) await deliver(stored);
  if (early !== undefined) await deliver(withValue(current, request.key, early));

  const plan = planOf(world, before, readers, request);
  if (request.dryRun) return { exit: exit.pending, document: plan };
  settings.show(plan);
  await settings.agree(`${request.kind === "rotate" ? "Rotate" : "Roll back"} ${world.secret}?`);
  const value = early ?? (stored === undefined ? await make() : undefined);
  if (value !== undefined && early === undefined) await deliver(withValue(current, request.key, value));
  const previous = labelled(description, "AWSPREVIOUS");
  const { kind, key } = request;
  const source = request.source === "asked" ? "given" : request.source;
  const facts = toFacts({ kind, source, before, target, ...(key && { key }), ...(previous && { previous }) });
  const newValue = async (): Promise<SecretValue> => value ?? make();
  return perform(world, await beginSaga(journal, randomUUID(), facts), newValue, plan, settings);
}

/** Continues the unfinished run; `turn` turns it round first. */
export async function resume(
  { world }: OpenedSecret,
  request: RotationRequest,
  journal: Journal,
  settings: RotationSettings,
  turn?: () => Promise<unknown>,
): Promise<Outcome<SecretRotation>> {
  const run = unfinishedRun(journal);
  if (run === undefined) throw nothingUnfinished(world.secret);
  if (!request.dryRun) settings.assertAnswerable(lookOnly);
  const facts = factsOf(run);
  const back = turn !== undefined || run.failure !== undefined;
  // Asked for now: an answer that is missing must not turn the run round.
  const stored = back || (await world.payload(facts.target, settings.signal)) !== undefined;
  const value = stored ? undefined : await request.newValue(true);
  const readers = await readersOf(world, facts, value, settings.signal);
  const plan = planOf(world, facts.before, readers, facts);
  if (request.dryRun) return { exit: exit.pending, document: plan };
  settings.show(plan);
  await settings.agree(back ? "Roll back the unfinished rotation?" : "Resume the unfinished rotation?");
  await turn?.();
  const newValue = async (): Promise<SecretValue> => value ?? request.newValue(true);
  return perform(world, unfinishedRun(journal) ?? run, newValue, plan, settings);
}

async function perform(
  world: RotationWorld,
  run: SagaRun,
  newValue: () => Promise<SecretValue>,
  plan: SecretRotation,
  { clock, signal, emit }: RotationSettings,
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
  const report = ({ step, ...progress }: StepProgress): void => emit({ type: "task", id: step, ...progress });
  const settings = { clock, patienceMs: world.patience.rolloutMs, signal, report };
  const result = await runSaga(stages, run, settings).catch((error: unknown) => {
    const text = `The rotation of ${world.secret} is unfinished: --resume continues it, \`secrets rollback\` rolls it back.`;
    emit({ type: "note", level: "warn", text });
    throw error;
  });
  const document = withResult(plan, run.id, target, result);
  if (result.outcome !== "stuck") return { exit: exitOfRun(result), document };
  const { holders, findings } = await holdersOf(world, signal);
  return { exit: exitOfRun(result), document: { ...document, holders, findings: [...document.findings, ...findings] } };
}

function refuse(world: RotationWorld, obstacles: Parameters<typeof assertRotatable>[1]): never {
  assertRotatable(world.secret, obstacles);
  throw new Error("a secret without a value has an obstacle");
}

function unfinished(secret: string): AppError {
  return new AppError("SECRET_ROTATION_UNFINISHED", `An earlier rotation of ${secret} is unfinished.`, {
    next: [
      shell`gennet secrets rotate ${secret} --resume  # continues it`,
      shell`gennet secrets rollback ${secret}  # rolls it back`,
      shell`gennet secrets rollback ${secret} --accept  # ends it as it is, and shows which pods hold which value`,
    ],
  });
}
