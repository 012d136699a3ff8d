import { chmod, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { shippedFolder } from "../folders.ts";
import type { Image } from "../pods/image.ts";
import type { Setting } from "../setting.ts";
import { storePrograms } from "../stores/programs.ts";
import { tracked } from "../tracked.ts";

export const neo4jTask = { id: "neo4j", title: "Neo4j" };

const home = "/var/lib/neo4j";
const entrypoint = "neo4j-entrypoint.sh";

/**
 * Returns Neo4j's image; none, with a note, without Java or if it can be neither found nor downloaded: then its pods
 * wait for their image, and the rest of a platform works. `folder` has the files of {@link neo4jFiles}.
 */
export async function neo4jImages(folder: string, setting: Setting): Promise<readonly Image[]> {
  try {
    return await tracked(neo4jTask.id, setting, async (detail) => {
      const program = await storePrograms(setting, detail).neo4j();
      // The image's user is not the one who downloaded them.
      await chmod(program.libraries, 0o755);
      return imagesOf(folder, program, await neo4jVersion());
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    setting.emit({ type: "note", level: "info", text: `Pods of Neo4j wait for their image. ${error.message}` });
    return [];
  }
}

export function imagesOf(
  folder: string,
  { java, libraries }: { readonly java: string; readonly libraries: string },
  version: string,
): readonly Image[] {
  return ["docker.io/library/neo4j", "neo4j"].map((name) => ({
    name: `${name}:${version}-community`,
    soleTag: true,
    folder,
    entrypoint: [`/startup/${entrypoint}`],
    cmd: ["neo4j"],
    files: { [`/startup/${entrypoint}`]: join(folder, entrypoint), [`${home}/lib`]: libraries },
    folders: ["/data", home],
    workdir: home,
    user: { uid: 7474, gid: 7474 },
    env: {
      PATH: `${dirname(java)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      NEO4J_HOME: home,
      // Uses little memory, and prefers a quick start to fast code.
      JDK_JAVA_OPTIONS: "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmn48m",
    },
  }));
}

/** Returns the release whose libraries the sandbox has. */
export async function neo4jVersion(): Promise<string> {
  const pom = await readFile(shippedFolder("neo4j", "pom.xml"), "utf8");
  return /<artifactId>neo4j<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1] ?? "";
}

/**
 * The part of the entry point of Neo4j's image that configures and starts it, with Neo4j's own launcher:
 * https://github.com/neo4j/docker-neo4j. The password is not on a command line.
 */
export const neo4jFiles: Readonly<Record<string, { readonly text: string; readonly mode: number }>> = {
  [entrypoint]: {
    text: `#!/bin/sh
set -euf
umask 077
mkdir -p "$NEO4J_HOME/conf"
{
  echo server.directories.data=/data
  echo server.default_listen_address=0.0.0.0
  # NEO4J_server_bolt_listen__address is server.bolt.listen_address.
  env | grep -E '^NEO4J_' | grep -vE '^NEO4J_(HOME|AUTH)=' | while IFS='=' read -r name value; do
    echo "$(echo "\${name#NEO4J_}" | sed 's/_/./g; s/[.][.]/_/g')=$value"
  done
} > "$NEO4J_HOME/conf/neo4j.conf"
classes="$NEO4J_HOME/lib/*"
# A volume keeps its first password.
if [ ! -e /data/databases ]; then
  echo "\${NEO4J_AUTH#neo4j/}" > "$NEO4J_HOME/password"
  java -cp "$classes" org.neo4j.cli.AdminTool dbms set-initial-password "@$NEO4J_HOME/password"
  rm "$NEO4J_HOME/password"
fi
unset NEO4J_AUTH
exec $(java -cp "$classes" org.neo4j.server.startup.Neo4jCommand console --dry-run)
`,
    mode: 0o755,
  },
};
