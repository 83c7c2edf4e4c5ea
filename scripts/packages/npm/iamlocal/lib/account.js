"use strict";

const { IamlocalError } = require("./error");
const { textOf } = require("./seed");
const { call } = require("./signed");

/** A state that can be gone back to. */
class Snapshot {
  #bench;

  constructor(bench, name) {
    this.#bench = bench;
    this.name = name;
  }

  async restore() {
    await this.#bench("PUT", `snapshots/${this.name}`);
  }

  async delete() {
    await this.#bench("DELETE", `snapshots/${this.name}`);
  }
}

let made = 0;

/** A name that no other test worker takes. */
function freshName() {
  made += 1;
  return `node-${process.pid}-${process.hrtime.bigint().toString(36)}-${made}`;
}

/** What a client needs, for the credentials of somebody. */
class Client {
  constructor(endpoint, region, credentials) {
    this.endpoint = endpoint;
    this.region = region;
    this.credentials = credentials;
  }

  /** For clients of the SDK v3, of this one's credentials or of others. */
  clientConfig(credentials = this.credentials) {
    const { accessKeyId, secretAccessKey, sessionToken } = readCredentials(credentials);
    const read = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    return { endpoint: this.endpoint, region: this.region, credentials: read };
  }

  /** The same as variables of the environment, for other programs. */
  env(credentials = this.credentials) {
    const { accessKeyId, secretAccessKey, sessionToken } = readCredentials(credentials);
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      // These would count more, where somebody has set them.
      AWS_ENDPOINT_URL_IAM: this.endpoint,
      AWS_ENDPOINT_URL_STS: this.endpoint,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
    };
  }
}

/** Credentials of the SDK, or as the API answers them: `AccessKey` of CreateAccessKey, `Credentials` of AssumeRole. */
function readCredentials(given) {
  const read = {
    accessKeyId: given.accessKeyId ?? given.AccessKeyId,
    secretAccessKey: given.secretAccessKey ?? given.SecretAccessKey,
    sessionToken: given.sessionToken ?? given.SessionToken,
  };
  if (!read.accessKeyId || !read.secretAccessKey) throw new TypeError("credentials need accessKeyId and secretAccessKey");
  return read;
}

/** Somebody of an account: a user, or a session of a role. */
class Identity extends Client {
  #account;
  #ca;

  constructor({ endpoint, region, id, ca }, credentials) {
    super(endpoint, region, credentials);
    this.#account = id;
    this.#ca = ca;
  }

  /** As GetCallerIdentity says it. */
  async arn() {
    const [arn] = await call({ ...this, ca: this.#ca }, "sts", "GetCallerIdentity", {}, ["Arn"]);
    return arn;
  }

  /**
   * A session of a role: by its name, or by its ARN, which may be of another account.
   *
   * @param parameters further ones of AssumeRole that are no lists, such as `DurationSeconds`
   */
  async assumeRole(role, parameters = {}) {
    const RoleArn = role.startsWith("arn:") ? role : `arn:aws:iam::${this.#account}:role/${role}`;
    const wanted = ["AccessKeyId", "SecretAccessKey", "SessionToken"];
    const sent = { RoleArn, RoleSessionName: "test", ...parameters };
    const [accessKeyId, secretAccessKey, sessionToken] = await call({ ...this, ca: this.#ca }, "sts", "AssumeRole", sent, wanted);
    const { endpoint, region } = this;
    const id = RoleArn.split(":")[4];
    return new Identity({ endpoint, region, id, ca: this.#ca }, { accessKeyId, secretAccessKey, sessionToken });
  }
}

/** An account of a server, and its root user. */
class Account extends Client {
  #bench;
  #ca;

  constructor(server, { bench, ca }, id, credentials) {
    super(server.endpoint, server.region, credentials);
    this.#bench = bench;
    this.#ca = ca;
    this.id = id;
  }

  /** A user who is there, with a new access key. */
  async user(UserName) {
    const wanted = ["AccessKeyId", "SecretAccessKey"];
    const [accessKeyId, secretAccessKey] = await call({ ...this, ca: this.#ca }, "iam", "CreateAccessKey", { UserName }, wanted);
    const { endpoint, region, id } = this;
    return new Identity({ endpoint, region, id, ca: this.#ca }, { accessKeyId, secretAccessKey });
  }

  /**
   * Brings the account to the state that a seed describes: a file, the seed itself, or its text. The seed's account becomes
   * this one.
   *
   * @param from whose number is replaced; it may be left out where the seed has one number alone
   */
  async seed(seed, { from } = {}) {
    const text = await textOf(seed);
    const numbers = from === undefined ? new Set(text.match(/\b\d{12}\b/g)) : new Set([from]);
    if (numbers.size !== 1) {
      const why = numbers.size === 0 ? "names no account" : `names several accounts (${[...numbers].join(", ")}): say which one with \`from\``;
      throw new IamlocalError(`the seed ${why}`);
    }
    return this.#bench("PUT", "seed", { body: text.replaceAll([...numbers][0], this.id) });
  }

  async snapshot(name = freshName()) {
    await this.#bench("POST", `snapshots/${name}`, { query: { account: this.id } });
    return new Snapshot(this.#bench, name);
  }

  async reset() {
    await this.#bench("POST", "reset", { query: { account: this.id } });
  }

  /** Where nothing is in the account, there is none to delete, which is as well. */
  async delete() {
    await this.#bench("DELETE", `accounts/${this.id}`).catch((error) => {
      if (error.status !== 404) throw error;
    });
  }
}

module.exports = { Account, Client, Identity, Snapshot, freshName };
