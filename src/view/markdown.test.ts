import { describe, expect, it } from "vitest";
import type { Paint } from "../core/command.ts";
import { markdownText } from "./markdown.ts";

const plain: Paint = (_tone, text) => text;
/** Shows styles in a readable form. */
const marked: Paint = (tone, text) => `{${tone} ${text}}`;

const shown = (source: string, columns = 60, paint = plain, note?: (line: number) => string | undefined): string =>
  markdownText(source, { wide: false, columns, paint }, note);

const everything = `---
id: breaker-open
title: A circuit breaker is open
---

# A circuit breaker is **open**

This paragraph is long enough to be wrapped at sixty columns, has *emphasis*, **strong text**, \`inline code\`, \`\`code with a \` inside\`\`, ~~what no longer holds~~ and a hard\\
break.

Level two
---------

See [the guide](https://example.com/guide), <https://example.com/auto>, www.example.com, [a reference][ref], an ![architecture diagram](a.png) and a note[^why].

### Lists

- first, with a text that is long enough to need a second line in the list
  - nested \`code\`
    1. ordered
    2. and deeper
- [ ] not done
- [x] done

9. nine

   \`\`\`sh
   in a list
   \`\`\`
10. ten

> A quote that is also long enough to be wrapped on a narrow terminal of sixty columns.
>
> > nested
> > - with a list

| Name | What it does | Count |
| :--- | ------------ | ----: |
| \`orders\` | takes orders of customers and passes them on to everything that ships | 12 |
| 支払い | 😀 pays | 7 |

| URL | Text |
| --- | --- |
| https://example.com/a/very/long/path/which/no/line/can/break | short |

\`\`\`kubectl name=pod timeout=1m
kubectl get pod \${pod} --namespace \${namespace} --output json --a-flag-that-is-longer-than-the-terminal

\ttabs stay
\`\`\`

    indented code

***

<!-- a comment
with lines -->

<details open>
  <summary>More</summary>
</details>

Text with <b>HTML</b><!-- hidden -->, a colour \u001b[31m &#x202e; and 日本語の文章はどこでも改行できますので幅に合わせて折り返されます。

[ref]: https://example.com/ref
[^why]: Because a footnote
    can have several lines.
`;

describe("a document with everything", () => {
  it("A document at 60 columns without colours", () => {
    expect(shown(everything, 60)).toBe(`A circuit breaker is open
═════════════════════════

This paragraph is long enough to be wrapped at sixty
columns, has emphasis, strong text, \`inline code\`, \`\`code
with a \` inside\`\`, ~~what no longer holds~~ and a hard
break.

## Level two

See the guide (https://example.com/guide),
https://example.com/auto, www.example.com, a reference
(https://example.com/ref), an architecture diagram and a
note[^why].

### Lists

- first, with a text that is long enough to need a second
  line in the list
  - nested \`code\`
    1. ordered
    2. and deeper
- [ ] not done
- [x] done

 9. nine

      sh
        in a list
10. ten

│ A quote that is also long enough to be wrapped on a narrow
│ terminal of sixty columns.
│
│ │ nested
│ │
│ │ - with a list

Name      What it does                                 Count
────────  ───────────────────────────────────────────  ─────
\`orders\`  takes orders of customers and passes them       12
          on to everything that ships

支払い    😀 pays                                          7

URL:
  https://example.com/a/very/long/path/which/no/line/can/bre
  ak
  Text: short

  kubectl
    kubectl get pod \${pod} --namespace \${namespace} --output json --a-flag-that-is-longer-than-the-terminal

    \ttabs stay

    indented code

────────────────────────────────────────

<details open>
  <summary>More</summary>
</details>

Text with <b>HTML</b>, a colour \\u001b[31m \\u202e and 日本語
の文章はどこでも改行できますので幅に合わせて折り返されます。

[^why]: Because a footnote can have several lines.`);
  });

  it("A document at 120 columns without colours", () => {
    expect(shown(everything, 120)).toBe(`A circuit breaker is open
═════════════════════════

This paragraph is long enough to be wrapped at sixty columns, has emphasis, strong text, \`inline code\`, \`\`code with a \`
inside\`\`, ~~what no longer holds~~ and a hard
break.

## Level two

See the guide (https://example.com/guide), https://example.com/auto, www.example.com, a reference
(https://example.com/ref), an architecture diagram and a note[^why].

### Lists

- first, with a text that is long enough to need a second line in the list
  - nested \`code\`
    1. ordered
    2. and deeper
- [ ] not done
- [x] done

 9. nine

      sh
        in a list
10. ten

│ A quote that is also long enough to be wrapped on a narrow terminal of sixty columns.
│
│ │ nested
│ │
│ │ - with a list

Name      What it does                                                           Count
────────  ─────────────────────────────────────────────────────────────────────  ─────
\`orders\`  takes orders of customers and passes them on to everything that ships     12
支払い    😀 pays                                                                    7

URL                                                           Text
────────────────────────────────────────────────────────────  ─────
https://example.com/a/very/long/path/which/no/line/can/break  short

  kubectl
    kubectl get pod \${pod} --namespace \${namespace} --output json --a-flag-that-is-longer-than-the-terminal

    \ttabs stay

    indented code

────────────────────────────────────────

<details open>
  <summary>More</summary>
</details>

Text with <b>HTML</b>, a colour \\u001b[31m \\u202e and 日本語の文章はどこでも改行できますので幅に合わせて折り返されます。

[^why]: Because a footnote can have several lines.`);
  });

  it("A document at 60 columns with colours", () => {
    expect(shown(everything, 60, marked)).toBe(`{strong A circuit breaker is open}
{strong ═════════════════════════}

This paragraph is long enough to be wrapped at sixty
columns, has {emphasis emphasis}, {strong strong text}, {code \`inline code\`}, {code \`\`code}
{code with a \` inside\`\`}, ~~what no longer holds~~ and a hard
break.

{strong ## }{strong Level two}

See the guide {dim (https://example.com/guide)},
https://example.com/auto, www.example.com, a reference
{dim (https://example.com/ref)}, an architecture diagram and a
note[^why].

{strong ### }{strong Lists}

- first, with a text that is long enough to need a second
  line in the list
  - nested {code \`code\`}
    1. ordered
    2. and deeper
- [ ] not done
- [x] done

 9. nine

      {dim sh}
        in a list
10. ten

{dim │ }A quote that is also long enough to be wrapped on a narrow
{dim │ }terminal of sixty columns.
{dim │}
{dim │ }{dim │ }nested
{dim │ }{dim │}
{dim │ }{dim │ }- with a list

{strong Name}      {strong What it does}                                 {strong Count}
{dim ────────  ───────────────────────────────────────────  ─────}
{code \`orders\`}  takes orders of customers and passes them       12
          on to everything that ships

支払い    😀 pays                                          7

{strong URL:}
  https://example.com/a/very/long/path/which/no/line/can/bre
  ak
  {strong Text:} short

  {dim kubectl}
    kubectl get pod \${pod} --namespace \${namespace} --output json --a-flag-that-is-longer-than-the-terminal

    \ttabs stay

    indented code

{dim ────────────────────────────────────────}

<details open>
  <summary>More</summary>
</details>

Text with <b>HTML</b>, a colour \\u001b[31m \\u202e and 日本語
の文章はどこでも改行できますので幅に合わせて折り返されます。

[^why]: Because a footnote can have several lines.`);
  });

  it("A document at 120 columns with colours", () => {
    expect(shown(everything, 120, marked)).toBe(`{strong A circuit breaker is open}
{strong ═════════════════════════}

This paragraph is long enough to be wrapped at sixty columns, has {emphasis emphasis}, {strong strong text}, {code \`inline code\`}, {code \`\`code with a \`}
{code inside\`\`}, ~~what no longer holds~~ and a hard
break.

{strong ## }{strong Level two}

See the guide {dim (https://example.com/guide)}, https://example.com/auto, www.example.com, a reference
{dim (https://example.com/ref)}, an architecture diagram and a note[^why].

{strong ### }{strong Lists}

- first, with a text that is long enough to need a second line in the list
  - nested {code \`code\`}
    1. ordered
    2. and deeper
- [ ] not done
- [x] done

 9. nine

      {dim sh}
        in a list
10. ten

{dim │ }A quote that is also long enough to be wrapped on a narrow terminal of sixty columns.
{dim │}
{dim │ }{dim │ }nested
{dim │ }{dim │}
{dim │ }{dim │ }- with a list

{strong Name}      {strong What it does}                                                           {strong Count}
{dim ────────  ─────────────────────────────────────────────────────────────────────  ─────}
{code \`orders\`}  takes orders of customers and passes them on to everything that ships     12
支払い    😀 pays                                                                    7

{strong URL}                                                           {strong Text}
{dim ────────────────────────────────────────────────────────────  ─────}
https://example.com/a/very/long/path/which/no/line/can/break  short

  {dim kubectl}
    kubectl get pod \${pod} --namespace \${namespace} --output json --a-flag-that-is-longer-than-the-terminal

    \ttabs stay

    indented code

{dim ────────────────────────────────────────}

<details open>
  <summary>More</summary>
</details>

Text with <b>HTML</b>, a colour \\u001b[31m \\u202e and 日本語の文章はどこでも改行できますので幅に合わせて折り返されます。

[^why]: Because a footnote can have several lines.`);
  });
});

describe("paragraphs", () => {
  it("A paragraph is one line if nothing has to fit", () => {
    expect(shown("word\n".repeat(100), Infinity)).toBe("word ".repeat(100).trim());
  });

  it("A link shows its URL once if that is its text", () => {
    expect(shown("<https://a.example/b> www.a.example a@b.example [x](y) [](z) [y](y)", Infinity)).toBe(
      "https://a.example/b www.a.example a@b.example x (y) z y",
    );
  });

  it("A literal URL keeps its underscores, as on GitHub", () => {
    expect(shown("see http://a.example/_b_/*c*", Infinity)).toBe("see http://a.example/_b_/*c*");
  });

  it("A word that is longer than the line is broken, and nothing of it is lost", () => {
    expect(shown(`a ${"x".repeat(25)} b`, 20)).toBe(`a\n${"x".repeat(20)}\nxxxxx b`);
  });

  it("Wide characters and emoji are measured, and never halved", () => {
    expect(shown("日本語".repeat(5), 20)).toBe("日本語日本語日本語日\n本語日本語");
    expect(shown("😀".repeat(11), 20)).toBe(`${"😀".repeat(10)}\n😀`);
  });

  it("Inline code keeps its spaces and gets as many backticks as it needs", () => {
    expect(shown("`a  b` ``c`d`` `` `e` ``", Infinity)).toBe("`a  b` ``c`d`` `` `e` ``");
  });
});

describe("HTML", () => {
  it("Comments are left out with the fences in them; other HTML is text", () => {
    expect(shown("<!--\n```sh\nrm\n```\n-->\n\na <!-- b --> c<br>d\n\n<p>\n  e\n<!-- open")).toBe(
      "a c<br>d\n\n<p>\n  e",
    );
  });
});

describe("code", () => {
  const source = "---\nid: a\n---\n\n```kubectl name=pod\nkubectl get pod\n```\n\n- ```sh\n  true\n  ```\n";

  it("A note replaces the language above the fence that starts at its line", () => {
    expect(shown(source, 60, plain, (line) => (line === 5 ? "step 1 of 2: reads" : undefined))).toBe(
      "  step 1 of 2: reads\n    kubectl get pod\n\n-   sh\n      true",
    );
  });

  it("Lines keep their numbers after a byte order mark and with carriage returns", () => {
    const lines: number[] = [];
    shown(`\ufeff${source.replaceAll("\n", "\r\n")}`, 60, plain, (line) => void lines.push(line));
    expect(lines).toEqual([5, 9]);
  });

  it("A note cannot start a new line, and is wrapped", () => {
    expect(shown("```\na\n```", 20, plain, () => "one two three four five\u001b\nsix")).toBe(
      "  one two three four\n  five\\u001b\\nsix\n    a",
    );
  });

  it("Code is neither wrapped nor changed, except control characters", () => {
    const code = `\t${"long  ".repeat(20)}\n\n  *x* \u001b[2J`;
    expect(shown(`~~~\n${code}\n~~~`, 20)).toBe(`    \t${"long  ".repeat(20)}\n\n      *x* \\u001b[2J`);
  });
});

describe("tables", () => {
  it("A table is as wide as necessary if nothing has to fit", () => {
    expect(shown("|a|b|\n|-|-|\n|one two three|four|", Infinity)).toBe(
      "a              b\n─────────────  ────\none two three  four",
    );
  });

  it("A table becomes a block for each row where a word would have to be broken", () => {
    expect(shown("|Name|Reason|\n|-|-|\n|orders|unreachable-because|\n|carts||\n", 20)).toBe(
      "Name: orders\n  Reason:\n    unreachable-beca\n    use\nName: carts\n  Reason:",
    );
  });

  it("A long head is shown once in full, and shortened in the blocks", () => {
    const head = "a head that is much longer than what names a cell";
    expect(shown(`|${head}|b|c|\n|-|-|-|\n|${"x".repeat(20)}|y|z|`, 20)).toBe(
      "a head that is much\nlonger than what\nnames a cell\nb\nc\na head that is\n  much longer…:\n  xxxxxxxxxxxxxxxxxx\n  xx\n  b: y\n  c: z",
    );
  });
});

describe("deep lists", () => {
  it("A list that is too deep for the terminal loses its indentation, not its text", () => {
    const source = Array.from({ length: 12 }, (_, at) => `${"  ".repeat(at)}- level ${at}`).join("\n");
    const lines = shown(source, 20).split("\n");
    expect(lines.filter((line) => line.length > 20)).toEqual([]);
    expect(lines.filter((line) => line.includes("level"))).toHaveLength(12);
  });
});

describe("footnotes", () => {
  it("Footnotes are shown at the end, also those that nothing refers to", () => {
    expect(shown("[^a]: one\n\n    two\n\ntext[^a]\n\n[^a]: again\n[^b]: unused\n")).toBe(
      "text[^a]\n\n[^a]: one\n\n      two\n[^a]: again\n[^b]: unused",
    );
  });
});
