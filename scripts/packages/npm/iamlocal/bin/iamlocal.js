#!/usr/bin/env node
"use strict";

// The program itself, with its arguments, its signals and its exit status.
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { environmentOf, getProgram } = require("../lib/program");

function run() {
  let program;
  try {
    program = getProgram();
  } catch (error) {
    console.error(`iamlocal: ${error.message}`);
    process.exit(1);
  }
  const environment = environmentOf();
  // What a service manager is told, it is told by the program.
  if (process.env.NOTIFY_SOCKET) environment.NOTIFY_SOCKET = process.env.NOTIFY_SOCKET;
  let child;
  // Before there is a program, so that none is left behind by a signal that comes while it is started.
  const passOn = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];
  for (const signal of signals) process.on(signal, passOn);
  child = spawn(program, process.argv.slice(2), { stdio: "inherit", env: environment });
  child.on("error", (error) => {
    console.error(`iamlocal: ${program} cannot be run: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    // Ended by a signal, as the program was: whoever waits for this process sees the same.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    process.exitCode = 128 + constants.signals[signal];
  });
}

run();
