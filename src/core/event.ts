/** The progress of a running command. Renderers decide which events to show, and how. */
export type Event =
  /** The work to do; more may be added while it runs. */
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
