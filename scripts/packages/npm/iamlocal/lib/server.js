"use strict";

const { spawn } = require("node:child_process");
// Fake timers replace the global functions, and not these.
const { setTimeout, clearTimeout } = require("node:timers");
const { IamlocalError } = require("./error");
const { environmentOf } = require("./program");

const MAX_KEPT = 64 * 1024;
// The server gives running requests ten seconds, and ends itself a second later.
const STOP_MILLISECONDS = 15000;

/**
 * The process of a server. It ends when this process does, however that ends: the pipe to its standard input is closed
 * then. It does not keep this process from ending.
 */
class Server {
  /** Starts it, and waits until it answers. */
  static async start(program, args, { env, log, timeout }) {
    const server = new Server(program, args, env, log);
    await server.#ready(timeout);
    return server;
  }

  #child;
  #stderr = "";
  #exited;
  #ended = null;

  constructor(program, args, env, log) {
    this.#child = spawn(program, ["serve", "--stop-when", "input-ends", ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: environmentOf(env),
      // What a terminal sends to its programs is for this one, which may still need the server to end well.
      detached: true,
    });
    this.#child.stdin.on("error", () => {}); // nothing is ever written
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_KEPT);
      if (log === "inherit") process.stderr.write(text);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve((this.#ended = { error })));
      this.#child.once("close", (code, signal) => resolve((this.#ended ??= { code, signal })));
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** The last of what it wrote to standard error. */
  get stderr() {
    return this.#stderr;
  }

  /** An error for a server that has ended; null while it runs. */
  findEnd() {
    if (this.#ended === null) return null;
    const { error, code, signal } = this.#ended;
    const why = error ? error.message : signal ? `by ${signal}` : `with exit status ${code}`;
    const said = this.#stderr.trim();
    return new IamlocalError(`iamlocal has ended ${error ? "before it began: " : ""}${why}${said && `:\n${said}`}`, {
      stderr: this.#stderr,
      exitCode: code ?? null,
      cause: error,
    });
  }

  async #ready(timeout) {
    let banner = "";
    let timer;
    const ready = new Promise((resolve, reject) => {
      this.#child.stdout.setEncoding("utf8").on("data", (text) => {
        if (banner.endsWith("\nReady.\n")) return;
        banner += text;
        if (banner.endsWith("\nReady.\n")) resolve();
      });
      this.#exited.then(() => reject(this.findEnd()));
      timer = setTimeout(() => {
        this.#child.kill("SIGKILL");
        const said = this.#stderr.trim();
        const message = `iamlocal was not ready within ${timeout} milliseconds${said && `:\n${said}`}`;
        reject(new IamlocalError(message, { stderr: this.#stderr }));
      }, timeout);
    });
    try {
      await ready;
    } finally {
      clearTimeout(timer);
    }
    this.endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(banner)?.[1] ?? /^ {2}address +(\S+)/m.exec(banner)?.[1];
    for (const held of [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr]) held.unref();
  }

  /** Tells it to stop, and waits until it has. */
  async stop() {
    if (this.#ended !== null) return;
    this.#child.ref();
    this.#child.stdout.ref();
    this.#child.stderr.ref();
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MILLISECONDS);
    await this.#exited;
    clearTimeout(timer);
  }
}

module.exports = { Server };
