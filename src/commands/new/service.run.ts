import { dirname, join, relative, sep } from "node:path";
import { catalogRoot } from "../../catalog/catalog-root.ts";
import { readCatalog } from "../../catalog/catalog.ts";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import { flagName } from "../../core/global-flags.ts";
import { isThere } from "../../core/is-there.ts";
import type { Outcome } from "../../core/outcome.ts";
import { shell } from "../../core/shell-words.ts";
import { answer, type Question } from "../../host/ask.ts";
import { findPlatform, platformFile } from "../../platform/load.ts";
import { checkPeers } from "../../scaffold/peer.ts";
import { checkEntity, entityFromName, entityProblem } from "../../scaffold/entity.ts";
import { checkFeatures } from "../../scaffold/features.ts";
import type { Answers } from "../../scaffold/render.ts";
import { checkServiceName } from "../../scaffold/service-name.ts";
import { shippedTemplate } from "../../scaffold/shipped-template.ts";
import { checkTarget } from "../../scaffold/target.ts";
import type { TemplateQuestion } from "../../scaffold/template.ts";
import { newServiceFiles } from "../../scaffold/update/pristine.ts";
import { writeFolder } from "../../scaffold/write.ts";
import type { NewServiceInput } from "./service.ts";

export interface ServiceScaffold {
  readonly kind: "ServiceScaffold";
  readonly name: string;
  /** Relative to the folder the command ran in. */
  readonly path: string;
  readonly template: string;
  readonly version: string;
  /** What it keeps, in the singular. */
  readonly entity: string;
  /** The services that may call it; no other may. */
  readonly calledBy: readonly string[];
  /** False in a dry run. */
  readonly written: boolean;
  /** Relative to `path`. */
  readonly files: readonly string[];
}

export async function run(input: NewServiceInput, context: Context): Promise<Outcome<ServiceScaffold>> {
  const template = await shippedTemplate("fastapi-service");
  checkServiceName(input.name, template.reservedPackages, flagsOf(input));
  checkFeatures(template, input.features);
  if (input.entity !== undefined) checkEntity("--entity", input.entity);
  checkPeers(input.name, "--depends-on", input.dependsOn);
  checkPeers(input.name, "--called-by", input.calledBy);
  const target = await checkTarget(context.host.cwd, input.dir ?? input.name);
  await warnOfNamesake(input.name, target, context);
  const ofPlatform = await platformAnswers(context, target);
  const asked = template.questions.filter((question) => question.key !== "name");
  const questions = asked.map((question) => toQuestion(question, input.name));
  const given = { domain: input.domain, owner: input.owner, entity: input.entity };
  const { domain = "", owner = "", entity = "" } = await answer(questions, given, context);
  const chosen = { depends_on: input.dependsOn, called_by: input.calledBy, features: input.features };
  const answers = { name: input.name, domain, owner, entity, made_with: template.version, ...chosen, ...ofPlatform };
  const files = newServiceFiles(template, answers);
  if (!input.dryRun) await writeFolder(target, files, context.signal);
  return {
    exit: input.dryRun ? exit.pending : exit.ok,
    document: {
      kind: "ServiceScaffold",
      name: input.name,
      path: relative(context.host.cwd, target) || ".",
      template: template.name,
      version: template.version,
      entity,
      calledBy: input.calledBy,
      written: !input.dryRun,
      files: files.map((file) => file.path),
    },
  };
}

export function present(document: ServiceScaffold, view: TextView): string {
  const { files, path } = document;
  const list = files.map((file) => `  ${path === "." ? "" : `${path}/`}${file}`);
  if (!document.written) return [`Would write ${files.length} files:`, ...list].join("\n");
  return [
    `${view.paint("good", "✔")} ${view.paint("strong", document.name)}: ${files.length} files in ${path}/`,
    ...(view.wide ? list : []),
    "",
    "Next:",
    shell`  cd ${path} && uv run pytest     # its own tests; makes uv.lock, which belongs into the commit`,
    shell`  gennet sandbox run ${path}     # its manifests, into a sandbox`,
    ...(document.calledBy.length > 0
      ? []
      : [shell`  gennet service add caller NAME --dir ${path}     # no other service may call it yet`]),
  ].join("\n");
}

/** The flags that were given, as words of a command. */
function flagsOf(input: NewServiceInput): readonly string[] {
  const { domain, owner, entity, features, dependsOn, calledBy, dir, dryRun } = input;
  const texts = { domain, owner, entity, dir };
  const lists = { features, "depends-on": dependsOn, "called-by": calledBy };
  return [
    ...Object.entries(texts).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value])),
    ...Object.entries(lists).flatMap(([flag, values]) => (values.length > 0 ? [`--${flag}`, values.join(",")] : [])),
    ...(dryRun ? ["--dry-run"] : []),
  ];
}

/** Warns of a service of this name: both would have one namespace. No gennet.yaml and no repository: no catalogue. */
async function warnOfNamesake(name: string, target: string, context: Context): Promise<void> {
  const marks = [platformFile, ".git"];
  const root = await catalogRoot(target, marks);
  const isMarked = await Promise.all(marks.map((mark) => isThere(join(root, mark))));
  if (!isMarked.includes(true)) return;
  const warn = (text: string): void => context.emit({ type: "note", level: "warn", text });
  try {
    const other = (await readCatalog(root, context.host.cwd, context.signal)).find(name)?.location;
    if (other === undefined) return;
    const where = `${other.file}:${other.line}`;
    warn(`The catalogue has a service "${name}" already, at ${where}: both would have the namespace ${name}.`);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    warn(`Whether another service has the name ${name} is unknown. ${error.message}`);
  }
}

type PlatformAnswers = Omit<
  Answers,
  "name" | "domain" | "owner" | "entity" | "made_with" | "depends_on" | "called_by" | "features"
>;

/** Without a gennet.yaml a service is for no region yet; with one that cannot be read, that is said. */
async function platformAnswers(context: Context, target: string): Promise<PlatformAnswers> {
  const { host, options } = context;
  try {
    const regions = (await context.regions()).map((region) => region.name);
    const { name: platform, gitops, imageRegistry, packageIndex, istio } = await context.platform();
    const delivery = {
      ...(imageRegistry === undefined ? {} : { image_registry: imageRegistry }),
      ...(istio?.revision === undefined ? {} : { istio_revision: istio.revision }),
      ...(packageIndex === undefined ? {} : { package_index: `${packageIndex.name}=${packageIndex.url}` }),
    };
    const { path } = await findPlatform(host.cwd, options.config);
    const below = relative(dirname(path), target).split(sep).join("/");
    // What lies elsewhere is in another repository than the one that gennet.yaml speaks of.
    if (gitops === undefined || below.startsWith("../")) return { regions, platform, ...delivery };
    const { repository, branch } = gitops;
    const source = { gitops_repository: repository, gitops_branch: branch, gitops_path: below };
    return { regions, platform, ...delivery, ...source };
  } catch (error) {
    const named = options.region.length > 0 || options.config !== undefined;
    if (error instanceof AppError && error.code === "CONFIG_NOT_FOUND" && !named) return { regions: [] };
    throw error;
  }
}

function toQuestion(question: TemplateQuestion, service: string): Question {
  const { key, message, pattern, expects } = question;
  if (key === "entity") {
    const fallback = entityFromName(service);
    return { key, message, flag: "--entity NOUN", fallback, problem: entityProblem };
  }
  return {
    key,
    message,
    flag: `--${flagName(key)} ${key.toUpperCase()}`,
    ...(question.default === undefined ? {} : { fallback: question.default }),
    problem: (text) =>
      pattern === undefined || new RegExp(pattern).test(text) ? undefined : `expected ${expects ?? pattern}`,
  };
}
