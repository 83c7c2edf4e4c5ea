import iamlocal from "./index.js";

export const { Account, Iamlocal, IamlocalError, Identity, Snapshot, connect, globalSetup, start } = iamlocal;
