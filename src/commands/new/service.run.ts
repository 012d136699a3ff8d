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
import { withDestinations } from "../../scaffold/destinations.ts";
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
  /** Relative to the current folder. */
  readonly path: string;
  readonly template: string;
  readonly version: string;
  /** The entity that the service stores, in the singular. */
  readonly entity: string;
  /** The only services that may call it. */
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
    shell`  cd ${path} && uv run pytest     # run its tests; creates uv.lock, which you should commit`,
    shell`  gennet sandbox run ${path}     # apply its manifests to a sandbox`,
    ...(document.calledBy.length > 0
      ? []
      : [shell`  gennet service add caller NAME --dir ${path}     # until then, no other service may call it`]),
  ].join("\n");
}

/** Returns the given flags as words of a command. */
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

/**
 * Warns if the catalogue already has a service of this name, because both would use the same namespace. Without a
 * gennet.yaml or repository there is no catalogue.
 */
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
    warn(`The catalogue already has a service "${name}", at ${where}. Both would use the namespace ${name}.`);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    warn(`Cannot determine whether another service is called ${name}. ${error.message}`);
  }
}

type PlatformAnswers = Omit<
  Answers,
  "name" | "domain" | "owner" | "entity" | "made_with" | "depends_on" | "called_by" | "features"
>;

/** Without a gennet.yaml, the service has no regions yet. An invalid gennet.yaml is an error. */
async function platformAnswers(context: Context, target: string): Promise<PlatformAnswers> {
  const { host, options } = context;
  try {
    const regions = (await context.regions()).map((region) => region.name);
    const known = await context.platform();
    const { name: platform, gitops, imageRegistry, packageIndex, istio } = known;
    const delivery = {
      ...(imageRegistry === undefined ? {} : { image_registry: imageRegistry }),
      ...(istio?.revision === undefined ? {} : { istio_revision: istio.revision }),
      ...(packageIndex === undefined ? {} : { package_index: `${packageIndex.name}=${packageIndex.url}` }),
    };
    const { path } = await findPlatform(host.cwd, options.config);
    const below = relative(dirname(path), target).split(sep).join("/");
    // A folder outside is in a different repository than the one in gennet.yaml.
    if (gitops === undefined || below.startsWith("../")) return { regions, platform, ...delivery };
    const { repository, branch } = gitops;
    const source = { gitops_repository: repository, gitops_branch: branch, gitops_path: below };
    return withDestinations({ regions, platform, ...delivery, ...source }, known);
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
