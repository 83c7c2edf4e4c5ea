"use strict";

const { setTimeout: sleep } = require("node:timers/promises");
const { Account, Client, Snapshot, freshName } = require("./account");
const { IamlocalError } = require("./error");
const { getProgram } = require("./program");
const { ask } = require("./request");
const { isPath, textOf } = require("./seed");
const { Server } = require("./server");

const USUAL = { accessKeyId: "test", secretAccessKey: "test" };
const START_MILLISECONDS = 30000;

/** A server: one of its own, which ends with stop(), or one that runs elsewhere. */
class Iamlocal extends Client {
  #server;
  #ca;

  constructor(endpoint, { region, credentials, ca, server, accountId }) {
    super(endpoint, region, credentials);
    this.#server = server;
    this.#ca = ca;
    this.accountId = accountId;

    const bench = (...request) => this.bench(...request);
    this.clock = {
      now: async () => new Date((await bench("GET", "clock")).now),
      advance: async (by) => new Date((await bench("POST", "clock", { body: { advance: by } })).now),
      freeze: async (at = true) => {
        const freeze = at instanceof Date ? at.toISOString().replace(/\.\d+Z$/, "Z") : at;
        return new Date((await bench("POST", "clock", { body: { freeze } })).now);
      },
      reset: async () => new Date((await bench("POST", "clock", { body: { reset: true } })).now),
    };
    this.faults = {
      list: async () => (await bench("GET", "faults")).rules,
      set: async (...rules) => void (await bench("PUT", "faults", { body: { rules: rules.flat() } })),
      add: async (rule) => void (await bench("POST", "faults", { body: rule })),
      clear: async () => void (await bench("DELETE", "faults")),
    };
    this.propagation = {
      get: () => bench("GET", "propagation"),
      set: async (delay, seed) => void (await bench("PUT", "propagation", { body: { delay, seed } })),
      clear: async () => void (await bench("DELETE", "propagation")),
    };
  }

  /** Of a server of its own; undefined for one that runs elsewhere. */
  get pid() {
    return this.#server?.pid;
  }

  /** The last of what a server of its own wrote to standard error. */
  get stderr() {
    return this.#server?.stderr ?? "";
  }

  /** Any route of the test bench: `bench("GET", "organization")`. */
  async bench(method, path, { query, body } = {}) {
    try {
      return await ask(this.endpoint, method, `/_iamlocal/${path}`, { query, body, ca: this.#ca });
    } catch (error) {
      // That the server has ended says more than that nobody answers.
      throw (error.status === undefined && this.#server?.findEnd()) || error;
    }
  }

  #ways() {
    return { bench: (...request) => this.bench(...request), ca: this.#ca };
  }

  /** A new account, with the key of its root user; `seed` and `from` as for Account.seed. */
  async account({ id, alias, seed, from } = {}) {
    const made = await this.bench("POST", "accounts", { body: { id, alias } });
    const credentials = { accessKeyId: made.access_key_id, secretAccessKey: made.secret_access_key };
    const account = new Account(this, this.#ways(), made.id, credentials);
    if (seed !== undefined) await account.seed(seed, { from });
    return account;
  }

  /** An account that is there, with the key that every account's root user has. */
  inAccount(id) {
    const credentials = { accessKeyId: id, secretAccessKey: this.credentials.secretAccessKey };
    return new Account(this, this.#ways(), id, credentials);
  }

  /** Brings accounts to the state that a seed describes: a file, the seed itself, or its text in YAML or JSON. */
  async seed(seed) {
    return this.bench("PUT", "seed", { body: await textOf(seed) });
  }

  /** Keeps the state of everything, the clock included. */
  async snapshot(name = freshName()) {
    await this.bench("POST", `snapshots/${name}`);
    return new Snapshot((...request) => this.bench(...request), name);
  }

  /** Goes back to a state that was kept under that name. */
  async restore(name) {
    await this.bench("PUT", `snapshots/${name}`);
  }

  async reset() {
    await this.bench("POST", "reset");
  }

  /** The last decisions, newest first. */
  async decisions(query) {
    return (await this.bench("GET", "decisions", { query })).decisions;
  }

  /** The last calls, newest first. */
  async events(query) {
    return (await this.bench("GET", "events", { query })).events;
  }

  /**
   * Why something was refused, in words: by the error of an SDK, by the id of a request, or the last refusal, perhaps of
   * one `principal` or `action`. Undefined where no such decision is kept.
   */
  async why(what = {}) {
    const id = typeof what === "string" ? what : what.$metadata?.requestId;
    if (id === undefined && what instanceof Error) return undefined;
    const { principal, action } = what;
    const query = id === undefined ? { decision: "denied", principal, action } : {};
    try {
      return await this.bench("GET", `decisions/${id ?? "latest"}`, { query: { ...query, format: "text" } });
    } catch (error) {
      if (error.status === 404) return undefined;
      throw error;
    }
  }

  /** Lets the refusals that a client of the SDK v3 gets say why, and returns the client. */
  explain(client) {
    const middleware = (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (/^AccessDenied/.test(error?.name)) {
          const why = await this.why(error).catch(() => undefined);
          if (why !== undefined) error.message += `\n${why}`;
        }
        throw error;
      }
    };
    client.middlewareStack.add(middleware, { step: "initialize", name: "iamlocalExplains", override: true });
    return client;
  }

  /** Records what is done from here on; policies() of it are the least ones that suffice. */
  async record(name = freshName()) {
    await this.bench("POST", `recordings/${name}`);
    return {
      name,
      policies: () => this.bench("GET", `recordings/${name}`),
      text: () => this.bench("GET", `recordings/${name}`, { query: { format: "text" } }),
      delete: async () => void (await this.bench("DELETE", `recordings/${name}`)),
    };
  }

  /** Ends a server of its own; one that runs elsewhere goes on. */
  async stop() {
    await this.#server?.stop();
  }
}

if (Symbol.asyncDispose) {
  Iamlocal.prototype[Symbol.asyncDispose] = function () {
    return this.stop();
  };
}

/** Starts a server, and waits until its seeds are in. */
async function start(options = {}) {
  const { seed = [], port = 0, host = "127.0.0.1", program, args = [], env = {}, log = "ignore", logLevel = "warn" } = options;
  const { region = "us-east-1", credentials = USUAL, accountId, ca, timeout = START_MILLISECONDS } = options;
  const seeds = [seed].flat();
  const files = seeds.filter(isPath).flatMap((file) => ["--seed", file]);
  const flags = ["--listen", `${host}:${port}`, "--log-level", logLevel, ...files];
  if (accountId !== undefined) flags.push("--account-id", accountId);
  // Not among the arguments, which everybody sees.
  const root = {
    IAMLOCAL_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
    IAMLOCAL_ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const server = await Server.start(getProgram(program), [...flags, ...args], { env: { ...root, ...env }, log, timeout });
  try {
    const health = await ask(server.endpoint, "GET", "/_iamlocal/health", { ca });
    const iam = new Iamlocal(server.endpoint, { region, credentials, ca, server, accountId: health.account });
    for (const one of seeds) if (!isPath(one)) await iam.seed(one);
    return iam;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * A server that runs already; waits until it is ready. Without `endpoint` it is where the environment sends clients of
 * IAM.
 */
async function connect(options = {}) {
  const { AWS_ENDPOINT_URL_IAM, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = process.env;
  const named = AWS_ENDPOINT_URL_IAM || AWS_ENDPOINT_URL || "http://127.0.0.1:4566";
  const { endpoint = named, region = AWS_REGION ?? "us-east-1", ca } = options;
  const fromEnvironment = AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY;
  const { credentials = fromEnvironment ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } : USUAL } = options;
  const deadline = process.hrtime.bigint() + BigInt(options.timeout ?? START_MILLISECONDS) * 1000000n;
  for (;;) {
    try {
      await ask(endpoint, "GET", "/readyz", { ca });
      break;
    } catch (cause) {
      if (process.hrtime.bigint() > deadline) throw new IamlocalError(`no server is ready at ${endpoint}: ${cause.message}`, { cause });
      await sleep(50);
    }
  }
  const health = await ask(endpoint, "GET", "/_iamlocal/health", { ca });
  return new Iamlocal(endpoint.replace(/\/$/, ""), { region, credentials, ca, accountId: health.account });
}

module.exports = { Iamlocal, start, connect };
