import iamlocal from "./index.js";

export const { Account, Iamlocal, IamlocalError, Snapshot, connect, globalSetup, start } = iamlocal;
