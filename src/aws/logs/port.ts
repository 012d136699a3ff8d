import type { Tags } from "../tags.ts";

/** A log group of CloudWatch Logs. */
export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  /** How many days it keeps what is logged; for ever, without a number. */
  readonly retentionDays?: number;
  readonly tags: Tags;
}

/** CloudWatch Logs in one AWS region. Names of log groups are unique, so a repeated call creates no second one. */
export interface Logs {
  logGroup(name: string, signal: AbortSignal): Promise<LogGroup | undefined>;
  /** A log group that exists with these tags is the result of an earlier attempt. */
  createLogGroup(name: string, tags: Tags, signal: AbortSignal): Promise<void>;
  setRetention(name: string, days: number, signal: AbortSignal): Promise<void>;
  /** Deletes a log group with everything that was logged. One that does not exist is no error. */
  deleteLogGroup(name: string, signal: AbortSignal): Promise<void>;
}
