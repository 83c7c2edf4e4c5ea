"use strict";

const { Account, Identity, Snapshot } = require("./lib/account");
const { IamlocalError } = require("./lib/error");
const { globalSetup } = require("./lib/global-setup");
const { Iamlocal, connect, start } = require("./lib/iamlocal");

module.exports = { Account, Iamlocal, IamlocalError, Identity, Snapshot, connect, globalSetup, start };
