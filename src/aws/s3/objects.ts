import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { itemsOf } from "../../core/items-of.ts";
import type { S3Calls } from "./calls.ts";
import type { S3 } from "./port.ts";
import { unlessAbsent, unlessRefused } from "./refusals.ts";

/** Returns the calls about objects. */
export function objectCalls({
  client,
  call,
  at,
}: S3Calls): Pick<S3, "object" | "keys" | "createObject" | "deleteObject"> {
  return {
    object: (bucket, key, signal) =>
      call(bucket, signal, async (options) => {
        const input = { ...at(bucket), Key: key };
        const found = await client.send(new GetObjectCommand(input), options).catch(unlessAbsent);
        if (found === undefined) return undefined;
        return { etag: found.ETag ?? "", text: (await found.Body?.transformToString("utf8")) ?? "" };
      }),

    keys: (bucket, prefix, after, signal) =>
      call(bucket, signal, (options) => {
        const input = { ...at(bucket), Prefix: prefix, ...(after === undefined ? {} : { StartAfter: after }) };
        return itemsOf(paginateListObjectsV2({ client }, input, options), ({ Contents }) =>
          Contents?.flatMap(({ Key }) => Key ?? []),
        );
      }),

    createObject: (bucket, key, text, condition, signal) =>
      call(bucket, signal, async (options) => {
        const only: Pick<PutObjectCommandInput, "IfNoneMatch" | "IfMatch"> =
          condition === "absent" ? { IfNoneMatch: "*" } : { IfMatch: condition.etag };
        const input = { ...at(bucket), Key: key, Body: text, ContentType: "text/plain; charset=utf-8", ...only };
        return (await client.send(new PutObjectCommand(input), options).catch(unlessRefused))?.ETag;
      }),

    deleteObject: (bucket, key, etag, signal) =>
      call(bucket, signal, async (options) => {
        const input = { ...at(bucket), Key: key, IfMatch: etag };
        return (await client.send(new DeleteObjectCommand(input), options).catch(unlessRefused)) !== undefined;
      }),
  };
}
