import CliTable from "cli-table3";

const nothing = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Rows in aligned columns without lines, as kubectl prints them. Cells may be coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = new CliTable({
    chars: nothing,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  lines.push([...head], ...rows.map((row) => [...row]));
  return lines
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
