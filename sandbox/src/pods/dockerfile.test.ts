import { expect, it } from "vitest";
import { readDockerfile } from "./dockerfile.ts";

it("A Dockerfile is read for its last stage only", () => {
  expect(
    readDockerfile(
      [
        "FROM python AS build",
        "ENV A=1",
        'ENTRYPOINT ["no"]',
        "",
        "FROM python",
        "# a comment",
        "ENV PATH=/app/.venv/bin:$PATH B=2 \\",
        '    C="two words"',
        "ENV D=${B}x",
        "WORKDIR /app",
        "USER 10001:10002",
        'ENTRYPOINT ["python", "-m", "orders"]',
        'CMD ["--fast"]',
      ].join("\n"),
    ),
  ).toEqual({
    entrypoint: ["python", "-m", "orders"],
    cmd: ["--fast"],
    env: { PATH: "/app/.venv/bin:$PATH", B: "2", C: "two words", D: "2x" },
    workdir: "/app",
    user: { uid: 10001, gid: 10002 },
  });
});

it("A Dockerfile shows where the image gets the authorities of AWS's databases", () => {
  const add = "ADD --chmod=644 https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem /etc/ssl/rds.pem";
  expect(readDockerfile(`FROM a\n${add}\nADD https://example.org/x /x\n`).authorities).toEqual(["/etc/ssl/rds.pem"]);
});

it("A Dockerfile's shell form is run by a shell, and a user name in USER is ignored", () => {
  expect(readDockerfile("FROM a\nUSER app\nCMD echo $HOME\n")).toEqual({
    entrypoint: [],
    cmd: ["/bin/sh", "-c", "echo $HOME"],
    env: {},
  });
});
