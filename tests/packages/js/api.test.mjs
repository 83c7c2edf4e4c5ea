// What the package `iamlocal` promises, by Node's own test runner. Beside it lies seed.yaml of docs/testing.md.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { CreateAccessKeyCommand, CreateUserCommand, GetUserCommand, IAMClient, ListUsersCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { IamlocalError, connect, globalSetup, start } from "iamlocal";

const SEED = { accounts: { "000000000000": { users: { alice: {} } } } };
const alone = { maxAttempts: 1 };

let iam;
before(async () => { iam = await start({ seed: "seed.yaml" }); });
after(() => iam.stop());

const users = async (config) => (await new IAMClient(config).send(new ListUsersCommand({}))).Users.map((user) => user.UserName);
const arn = async (config) => (await new STSClient(config).send(new GetCallerIdentityCommand({}))).Arn;
const until = async (holds) => {
  for (let i = 0; i < 100; ++i) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it never was");
};
const runs = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("a server on a free port, with its seed in", async () => {
  const other = await start({ seed: SEED });
  assert.match(iam.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.notEqual(other.endpoint, iam.endpoint);
  assert.deepEqual(await users(other.clientConfig()), ["alice"]);
  assert.deepEqual(await users(iam.inAccount("111122223333").clientConfig()), ["app", "ci"]);
  assert.equal(await arn(iam.clientConfig()), "arn:aws:iam::000000000000:root");
  assert.equal(iam.accountId, "000000000000");
  assert.deepEqual(iam.credentials, { accessKeyId: "test", secretAccessKey: "test" });
  await other.stop();
  await other.stop(); // once is enough, and twice is no error
  assert.ok(!runs(other.pid));
  await assert.rejects(other.clock.now(), IamlocalError);
});

test("options", async () => {
  const credentials = { accessKeyId: "ROOTKEYOFTHETEST0001", secretAccessKey: "a-secret-of-the-test" };
  const other = await start({ seed: ["seed.yaml", SEED], accountId: "444455556666", credentials, region: "eu-west-1",
                              args: ["--enforcement", "audit"], env: { IAMLOCAL_QUOTA: "UsersPerAccount=2" } });
  try {
    assert.equal(await arn(other.clientConfig()), "arn:aws:iam::444455556666:root");
    assert.equal(other.clientConfig().region, "eu-west-1");
    assert.equal((await other.bench("GET", "health")).enforcement, "audit");
    await new IAMClient(other.clientConfig()).send(new CreateUserCommand({ UserName: "one" }));
    await new IAMClient(other.clientConfig()).send(new CreateUserCommand({ UserName: "two" }));
    await assert.rejects(new IAMClient(other.clientConfig()).send(new CreateUserCommand({ UserName: "three" })), { name: "LimitExceededException" });
    const foreign = { ...other.clientConfig(), credentials: { accessKeyId: "444455556666", secretAccessKey: "test" } };
    await assert.rejects(arn(foreign), { name: "SignatureDoesNotMatch" });
    assert.equal(other.env().AWS_SECRET_ACCESS_KEY, credentials.secretAccessKey);
  } finally {
    await other.stop();
  }
});

test("what the program says is in the error", async () => {
  await assert.rejects(start({ args: ["--enforcment", "off"] }), (error) => {
    assert.ok(error instanceof IamlocalError && error instanceof Error);
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /exit status 2:\niamlocal: unknown flag --enforcment; did you mean --enforcement\?/);
    assert.match(error.stderr, /--enforcment/);
    return true;
  });
  await assert.rejects(start({ seed: { accounts: { "000000000000": { usrs: {} } } } }), /did you mean users/);
  await assert.rejects(start({ seed: "nowhere.yaml" }), /nowhere\.yaml/);
  await assert.rejects(start({ program: "/no/such/program" }), /ENOENT/);
  await assert.rejects(start({ program: "/bin/cat", args: [] }), IamlocalError);
  await assert.rejects(start({ program: process.execPath, args: [], timeout: 2500, env: { NODE_OPTIONS: "--require ./sleeper.cjs" } }),
                       /not ready within 2500 milliseconds:\nsleeping/);
  await assert.rejects(connect({ endpoint: "http://127.0.0.1:9", timeout: 100 }), /no server is ready at http:\/\/127\.0\.0\.1:9/);
});

test("a server that dies says so to the next who asks", async () => {
  const other = await start();
  process.kill(other.pid, "SIGKILL");
  await until(() => !runs(other.pid));
  await assert.rejects(other.events(), /iamlocal has ended by SIGKILL/);
  await other.stop();
});

test("snapshots, reset", async () => {
  const before = await iam.snapshot();
  const client = new IAMClient(iam.clientConfig());
  await client.send(new CreateUserCommand({ UserName: "bob" }));
  const named = await iam.snapshot("named");
  await before.restore();
  assert.deepEqual(await users(iam.clientConfig()), []);
  await iam.restore("named");
  assert.deepEqual(await users(iam.clientConfig()), ["bob"]);
  await before.restore();
  await before.delete();
  await named.delete();
  await assert.rejects(before.restore(), { name: "IamlocalError", status: 404 });
});

test("an account each", async () => {
  const [one, two] = await Promise.all([iam.account({ seed: "seed.yaml" }), iam.account({ alias: "second-one" })]);
  assert.notEqual(one.id, two.id);
  assert.equal(await arn(one.clientConfig()), `arn:aws:iam::${one.id}:root`);
  assert.deepEqual(await users(one.clientConfig()), ["app", "ci"]);
  assert.deepEqual(await users(two.clientConfig()), []);
  const state = await one.snapshot();
  await new IAMClient(one.clientConfig()).send(new CreateUserCommand({ UserName: "bob" }));
  await state.restore();
  assert.deepEqual(await users(one.clientConfig()), ["app", "ci"]);
  await state.delete();
  await one.reset();
  assert.deepEqual(await users(one.clientConfig()), []);
  assert.deepEqual(await two.seed(SEED), { created: 1, updated: 0, unchanged: 0 });
  assert.deepEqual(await users(two.clientConfig()), ["alice"]);
  const several = { accounts: { "000000000000": {}, "111122223333": { users: { bob: {} } } } };
  await assert.rejects(two.seed(several), /several accounts \(000000000000, 111122223333\): say which one/);
  await assert.rejects(two.seed({}), /names no account/);
  await assert.rejects(iam.account({ id: two.id }), { status: 409 });
  await one.delete();
  await two.delete();
});

test("why something was refused", async () => {
  const account = iam.inAccount("111122223333");
  const { AccessKey } = await new IAMClient(account.clientConfig()).send(new CreateAccessKeyCommand({ UserName: "ci" }));
  const assume = new AssumeRoleCommand({ RoleArn: "arn:aws:iam::111122223333:role/rotator", RoleSessionName: "test" });
  const { Credentials } = await new STSClient(iam.clientConfig(AccessKey)).send(assume);
  const client = new IAMClient(iam.clientConfig(Credentials));
  const ask = () => client.send(new GetUserCommand({ UserName: "app" }));
  const refusal = await ask().catch((error) => error);
  assert.equal(refusal.name, "AccessDenied");
  assert.ok(!refusal.message.includes("DENIED"));
  const said = /DENIED \(implicit deny\): iam:GetUser on arn:aws:iam::111122223333:user\/app/;
  for (const what of [refusal, refusal.$metadata.requestId, undefined, { principal: "test" }, { action: "iam:GetUser" }])
    assert.match(await iam.why(what), said);
  assert.equal(await iam.why({ principal: "nobody" }), undefined);
  assert.equal(await iam.why("00000000-0000-0000-0000-000000000000"), undefined);
  assert.equal(await iam.why(new TypeError("of something else")), undefined);
  assert.equal(iam.explain(iam.explain(client)), client);
  await assert.rejects(ask(), (error) => error.message.match(new RegExp(said, "g")).length === 1);
  const [decision] = await iam.decisions({ decision: "denied", limit: 1 });
  assert.equal(decision.action, "iam:GetUser");
  assert.equal((await iam.events({ outcome: "error", user: "test" }))[0].eventName, "GetUser");
});

test("users and sessions of roles", async () => {
  const account = await iam.account({ seed: "seed.yaml" });
  const ci = await account.user("ci");
  assert.equal(await ci.arn(), `arn:aws:iam::${account.id}:user/ci`);
  assert.equal(await arn(ci.clientConfig()), await ci.arn());
  const rotator = await ci.assumeRole("rotator");
  assert.equal(await rotator.arn(), `arn:aws:sts::${account.id}:assumed-role/rotator/test`);
  assert.equal(await arn(rotator.clientConfig()), await rotator.arn());
  assert.ok(rotator.env().AWS_SESSION_TOKEN);
  const named = await ci.assumeRole(`arn:aws:iam::${account.id}:role/rotator`, { RoleSessionName: "a.b=c,d@e", DurationSeconds: 900 });
  assert.equal(await named.arn(), `arn:aws:sts::${account.id}:assumed-role/rotator/a.b=c,d@e`);
  const app = await account.user("app");
  await assert.rejects(app.assumeRole("rotator"), (error) => {
    assert.equal(error.code, "AccessDenied");
    return error.message.startsWith(`sts:AssumeRole: AccessDenied: User: arn:aws:iam::${account.id}:user/app is not authorized`);
  });
  await assert.rejects(account.user("nobody"), { code: "NoSuchEntity", status: 404 });
  await assert.rejects(app.assumeRole("rotator", { RoleSessionName: "<" }), /ValidationError/);
  await account.delete();
});

test("time, faults, delay, recordings", async () => {
  const other = await start();
  const client = new IAMClient({ ...other.clientConfig(), ...alone });
  const real = await other.clock.now();
  assert.ok(Math.abs(real - Date.now()) < 60000);
  assert.ok((await other.clock.advance("2h")) - real >= 7200000);
  assert.deepEqual(await other.clock.freeze(new Date("2030-01-01T00:00:00.500Z")), new Date("2030-01-01T00:00:00Z"));
  assert.deepEqual(await other.clock.now(), new Date("2030-01-01T00:00:00Z"));
  assert.ok((await other.clock.reset()) - real < 60000);

  await other.faults.set({ action: "iam:CreateUser", error: "Throttling", count: 1 });
  await other.faults.add({ action: "iam:ListUsers", error: "ServiceFailure", count: 1 });
  assert.deepEqual((await other.faults.list()).map((rule) => rule.error), ["Throttling", "ServiceFailure"]);
  await assert.rejects(client.send(new CreateUserCommand({ UserName: "bob" })), { name: "Throttling" });
  await other.faults.clear();
  assert.deepEqual(await other.faults.list(), []);
  await assert.rejects(other.faults.add({ error: "Throttling", wiat: 1 }), { status: 400 });

  const recording = await other.record();
  await other.propagation.set("10s", 7);
  await client.send(new CreateUserCommand({ UserName: "bob" }));
  assert.equal((await other.propagation.get()).not_visible_yet.count, 1);
  assert.deepEqual(await users(other.clientConfig()), []);
  await other.propagation.clear();
  assert.deepEqual(await users(other.clientConfig()), ["bob"]);
  assert.match(await recording.text(), /iam:CreateUser/);
  assert.equal((await recording.policies()).name, recording.name);
  await recording.delete();
  await other.reset();
  assert.deepEqual(await users(other.clientConfig()), []);
  await other.stop();
});

test("one that runs already", async () => {
  const same = await connect({ endpoint: `${iam.endpoint}/` });
  assert.deepEqual(same.clientConfig(), iam.clientConfig());
  assert.equal(same.accountId, iam.accountId);
  assert.equal(same.pid, undefined);
  await same.stop();
  assert.ok(runs(iam.pid));
});

test("for all tests of a runner", async () => {
  const saved = { ...process.env };
  Object.assign(process.env, { AWS_PROFILE: "of-somebody", AWS_DEFAULT_PROFILE: "of-somebody", AWS_SESSION_TOKEN: "of-somebody",
                               AWS_ENDPOINT_URL_IAM: "http://127.0.0.1:9", AWS_ENDPOINT_URL_STS: "http://127.0.0.1:9",
                               AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" });
  const teardown = await globalSetup({ seed: SEED })();
  const shared = await connect();
  assert.equal(shared.endpoint, process.env.AWS_ENDPOINT_URL);
  assert.deepEqual(Object.keys(process.env).filter((name) => /^AWS_.*(PROFILE|TOKEN|IGNORE)/.test(name)), []);
  assert.deepEqual((await new IAMClient({}).send(new ListUsersCommand({}))).Users.map((user) => user.UserName), ["alice"]);
  assert.equal((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Account, "000000000000");
  // Where another emulator has the rest.
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
  assert.equal((await connect()).endpoint, shared.endpoint);
  await teardown();
  await assert.rejects(shared.clock.now(), /ECONNREFUSED/);
  for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
  Object.assign(process.env, saved);
});

test("a seed is a file, a seed itself, or its text", async () => {
  const text = 'accounts:\n  "222233334444": {users: {dora: {}}}\n';
  const other = await start({ seed: [text, JSON.stringify(SEED)] });
  try {
    assert.deepEqual(await users(other.inAccount("222233334444").clientConfig()), ["dora"]);
    assert.deepEqual(await users(other.clientConfig()), ["alice"]);
    assert.ok((await other.seed("seed.yaml")).created > 0);
    assert.deepEqual(await other.seed(text), { created: 0, updated: 0, unchanged: 1 });
    assert.deepEqual(await users((await other.account({ seed: text })).clientConfig()), ["dora"]);
    await assert.rejects(other.seed("nowhere.yaml"), { code: "ENOENT" });
    const names = Array.from({ length: 2000 }, (_, number) => [`user-${number}`, { tags: { of: "x".repeat(200), to: "y".repeat(250),
      by: "z".repeat(250), at: "w".repeat(250), on: "v".repeat(200) } }]);
    const large = JSON.stringify({ accounts: { 333344445555: { users: Object.fromEntries(names) } } });
    assert.ok(large.length > 2 * 1024 * 1024);
    assert.deepEqual(await other.seed(large), { created: 2000, updated: 0, unchanged: 0 });
  } finally {
    await other.stop();
  }
});

test("await using", { skip: !Symbol.asyncDispose && "this Node.js has no Symbol.asyncDispose" }, async () => {
  const other = await start();
  await other[Symbol.asyncDispose]();
  assert.ok(!runs(other.pid));
});

test("CommonJS has the same", async () => {
  const required = createRequire(import.meta.url)("iamlocal");
  assert.equal(required.start, start);
  assert.deepEqual(Object.keys(required).sort(), Object.keys(await import("iamlocal")).filter((name) => name !== "default" && name !== "module.exports").sort());
});

const PARENT = `
  const { start } = require("iamlocal");
  start().then((iam) => { console.log(iam.pid); MORE; });`;

for (const [how, more] of [["is killed", "setInterval(() => {}, 1000)"], ["ends without stopping it", "0"],
                           ["throws", "setTimeout(() => { throw new Error('on purpose'); })"]]) {
  test(`the server ends when its parent ${how}`, async () => {
    const parent = spawn(process.execPath, ["-e", PARENT.replace("MORE", more)], { stdio: ["ignore", "pipe", "ignore"] });
    const pid = Number((await once(parent.stdout, "data"))[0]);
    assert.ok(pid > 1);
    if (how === "is killed") {
      assert.ok(runs(pid));
      parent.kill("SIGKILL");
    }
    await until(() => parent.exitCode !== null || parent.signalCode !== null);
    await until(() => !runs(pid));
  });
}

test("what a terminal interrupts can still ask the server", async () => {
  // Control-C reaches all of the terminal's programs.
  const story = `
    const { start } = require("iamlocal");
    start().then((iam) => {
      const held = setInterval(() => {}, 1000);
      process.on("SIGINT", async () => {
        clearInterval(held);
        console.log((await iam.clock.freeze("2030-01-01T00:00:00Z")).getUTCFullYear());
        await iam.stop();
      });
      console.log("started");
    });`;
  const parent = spawn(process.execPath, ["-e", story], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  await once(parent.stdout, "data");
  process.kill(-parent.pid, "SIGINT");
  assert.equal(String((await once(parent.stdout, "data"))[0]), "2030\n");
  await until(() => parent.exitCode === 0);
});

const npx = (...args) => spawn(process.execPath, ["node_modules/iamlocal/bin/iamlocal.js", ...args], { stdio: ["pipe", "pipe", "pipe"] });

test("the command is the program: input, output, exit status", async () => {
  const child = npx("validate", "-");
  child.stdin.end('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*"}]}');
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  assert.deepEqual(await once(child, "close"), [1, null]);
  assert.match(said, /error/);
  assert.deepEqual(await once(npx("--no-such-flag"), "close"), [2, null]);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  test(`the command passes ${signal} on`, async () => {
    const child = npx("--listen", "127.0.0.1:0", "--seed", "seed.yaml");
    let said = "";
    for await (const text of child.stdout) if ((said += text).endsWith("Ready.\n")) break;
    child.kill(signal);
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
}

test("the command ends by the signal that the program ends by", async () => {
  const child = npx("--listen", "127.0.0.1:0");
  let said = "";
  for await (const text of child.stdout) if ((said += text).endsWith("Ready.\n")) break;
  const program = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
  process.kill(program, "SIGKILL");
  assert.deepEqual(await once(child, "exit"), [null, "SIGKILL"]);
});

test("a program of one's own by the variable", async () => {
  const ended = spawn(process.execPath, ["node_modules/iamlocal/bin/iamlocal.js", "hello"],
                      { env: { ...process.env, IAMLOCAL_PROGRAM: "/bin/echo" } });
  assert.equal(String((await once(ended.stdout, "data"))[0]), "hello\n");
});
