import { awsCodes } from "./error-codes/aws.ts";
import { catalogCodes } from "./error-codes/catalog.ts";
import { commandLineCodes } from "./error-codes/command-line.ts";
import { gitopsCodes } from "./error-codes/gitops.ts";
import { kubernetesCodes } from "./error-codes/kubernetes.ts";
import { lintCodes } from "./error-codes/lint.ts";
import { meshCodes } from "./error-codes/mesh.ts";
import { platformCodes } from "./error-codes/platform.ts";
import { probeCodes } from "./error-codes/probe.ts";
import { regionCodes } from "./error-codes/region.ts";
import { runbookCodes } from "./error-codes/runbooks.ts";
import { sagaCodes } from "./error-codes/saga.ts";
import { sandboxCodes } from "./error-codes/sandbox.ts";
import { scaffoldCodes } from "./error-codes/scaffold.ts";
import { secretCodes } from "./error-codes/secrets.ts";

/** Every code of an AppError, declared once. The reference and `gennet explain` use this table. */
export const errorCodes = {
  ...commandLineCodes,
  ...platformCodes,
  ...kubernetesCodes,
  ...meshCodes,
  ...probeCodes,
  ...awsCodes,
  ...scaffoldCodes,
  ...lintCodes,
  ...catalogCodes,
  ...sandboxCodes,
  ...regionCodes,
  ...gitopsCodes,
  ...sagaCodes,
  ...secretCodes,
  ...runbookCodes,
};

export type ErrorCode = keyof typeof errorCodes;
