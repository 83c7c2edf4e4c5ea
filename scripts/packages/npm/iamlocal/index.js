"use strict";

const { Account, Snapshot } = require("./lib/account");
const { IamlocalError } = require("./lib/error");
const { globalSetup } = require("./lib/global-setup");
const { Iamlocal, connect, start } = require("./lib/iamlocal");

module.exports = { Account, Iamlocal, IamlocalError, Snapshot, connect, globalSetup, start };
