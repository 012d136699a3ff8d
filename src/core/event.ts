/** What a running command tells about its progress. Renderers decide what of it is shown, and how. */
export type Event =
  /** What there is to do; more may become known while it is done. */
  | { readonly type: "tasks"; readonly tasks: readonly Task[] }
  | {
      readonly type: "task";
      readonly id: string;
      readonly state: TaskState;
      readonly detail?: string;
      readonly durationMs?: number;
    }
  | { readonly type: "note"; readonly level: "debug" | "info" | "warn"; readonly text: string };

export type TaskState = "running" | "done" | "skipped" | "failed";

export interface Task {
  readonly id: string;
  readonly title: string;
}

export type Emit = (event: Event) => void;
