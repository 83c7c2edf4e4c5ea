"use strict";

/** What went wrong with the server, or what it answered. */
class IamlocalError extends Error {
  /** @param details `stderr`, `exitCode`, `status`, `cause`, as far as they are known */
  constructor(message, { cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "IamlocalError";
    Object.assign(this, details);
  }
}

module.exports = { IamlocalError };
