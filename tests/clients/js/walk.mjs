// All paginators and waiters that @aws-sdk/client-iam exports, as it exports them: node walk.mjs URL, the plan of walks.py on
// standard input.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as sdk from "@aws-sdk/client-iam";

const plan = JSON.parse(readFileSync(0, "utf8"));
const options = { endpoint: process.argv[2], region: "us-east-1", maxAttempts: 1,
                  credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const client = new sdk.IAMClient(options);
const names = (prefix) => Object.keys(sdk).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
const plain = ({ $metadata, ...answer }) => answer;

const paginators = {};
for (const operation of names("paginate")) {
  paginators[operation] = {};
  for (const pageSize of plan.sizes) {
    const pages = [];
    const input = { ...plan.parameters[operation] };  // it writes into it
    for await (const page of sdk[`paginate${operation}`]({ client, pageSize }, input)) pages.push(plain(page));
    paginators[operation][pageSize] = pages;
  }
}

// The statuses that were answered, and how it ended; `make`: somebody makes it after the first answer.
const wait = async (name, wish, make, maxWaitTime) => {
  const statuses = [];
  const waiting = new sdk.IAMClient(options);
  waiting.middlewareStack.add((next) => async (request) => {
    const answer = await next(request);
    statuses.push(answer.response.statusCode);
    if (make && statuses.length === 1) await client.send(new sdk[`${make.operation}Command`](make.input));
    return answer;
  }, { step: "deserialize", priority: "low" });
  try {
    const { state } = await sdk[`waitUntil${name}`]({ client: waiting, maxWaitTime, minDelay: 0.01, maxDelay: 0.05 }, wish);
    return [...statuses, state === "SUCCESS" ? "found" : state];
  } catch (error) {
    if (error.name !== "TimeoutError") throw error;
    return [...statuses, "given up"];
  }
};
const waiters = {};
for (const name of names("waitUntil")) {
  const { input, make } = plan.waits[`Get${name.replace(/Exists$/, "")}`];
  waiters[name] = [await wait(name, input, undefined, 0.5), await wait(name, input, make, 10)];
}
const { version } = createRequire(import.meta.url)("@aws-sdk/client-iam/package.json");
process.stdout.write(JSON.stringify({ client: `JavaScript SDK ${version}`, paginators, waiters }));
