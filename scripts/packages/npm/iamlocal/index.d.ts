/** Of an SDK, or as the API answers them: `AccessKey` of CreateAccessKey, `Credentials` of AssumeRole. */
export type AnyCredentials =
  | Credentials
  | { AccessKeyId: string | undefined; SecretAccessKey: string | undefined; SessionToken?: string | undefined };

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** For the constructor of a client of the SDK v3. */
export interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: Credentials;
}

export interface StartOptions {
  /** Files or folders of seeds, seeds themselves, or texts of some. A string with a line break, or that begins with `{`, is a text. */
  seed?: string | object | Array<string | object>;
  /** 0, the default, is a free one. */
  port?: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** The account of `credentials`. Default: 000000000000. */
  accountId?: string;
  /** Of the root user. Default: test, test. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Default: us-east-1. */
  region?: string;
  /** Further flags of the program, such as `["--enforcement", "audit"]`. */
  args?: string[];
  /** Further variables of its environment. */
  env?: Record<string, string>;
  /** Another program. Default: the variable IAMLOCAL_PROGRAM, then the one that was installed with this package. */
  program?: string;
  /** What becomes of its log: kept for errors alone, or printed as well. Default: ignore. */
  log?: "ignore" | "inherit";
  /** Default: warn. */
  logLevel?: "error" | "warn" | "info" | "debug";
  /** Milliseconds until it must be ready. Default: 30000. */
  timeout?: number;
  /** Certificates to trust, for a server with `--tls-cert`. */
  ca?: string;
}

export interface ConnectOptions {
  /** Default: the variable AWS_ENDPOINT_URL_IAM, then AWS_ENDPOINT_URL, then http://127.0.0.1:4566. */
  endpoint?: string;
  /** Default: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then test, test. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Default: AWS_REGION, then us-east-1. */
  region?: string;
  /** Milliseconds until it must be ready. Default: 30000. */
  timeout?: number;
  ca?: string;
}

/** What went wrong with the server, or what it answered. */
export class IamlocalError extends Error {
  /** The last of what the server wrote to standard error, where it has ended. */
  stderr?: string;
  /** Where it has ended; null if a signal ended it. */
  exitCode?: number | null;
  /** Of HTTP, where the server has refused something. */
  status?: number;
  /** AWS's, where IAM or STS has. */
  code?: string;
}

/** A state that can be gone back to. There may be 100 on a server. */
export interface Snapshot {
  readonly name: string;
  restore(): Promise<void>;
  delete(): Promise<void>;
}

export interface SeedResult {
  created: number;
  updated: number;
  unchanged: number;
}

/** Somebody of an account: a user, or a session of a role. */
export interface Identity {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  clientConfig(credentials?: AnyCredentials): ClientConfig;
  env(credentials?: AnyCredentials): Record<string, string>;
  /** As GetCallerIdentity says it. */
  arn(): Promise<string>;
  /** A session of a role: by its name, or by its ARN. `parameters` are further ones of AssumeRole. */
  assumeRole(role: string, parameters?: { [name: string]: string | number }): Promise<Identity>;
}

/** An account, and its root user. */
export interface Account {
  readonly id: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  clientConfig(credentials?: AnyCredentials): ClientConfig;
  env(credentials?: AnyCredentials): Record<string, string>;
  /** A user who is there, with a new access key. */
  user(name: string): Promise<Identity>;
  /** A file, a seed itself, or its text, whose account becomes this one; `from` says which, where it has several. */
  seed(seed: string | object, options?: { from?: string }): Promise<SeedResult>;
  snapshot(name?: string): Promise<Snapshot>;
  reset(): Promise<void>;
  delete(): Promise<void>;
}

export interface FaultRule {
  action?: string;
  principal?: string;
  account?: string;
  probability?: number;
  seed?: number;
  count?: number;
  error?: string;
  status?: number;
  message?: string;
  wait?: number;
  cut?: boolean;
  half?: boolean;
  after?: boolean;
}

export interface Decision {
  id: string;
  time: string;
  principal: string;
  action: string;
  resource: string;
  decision: string;
  [member: string]: unknown;
}

/** An event of CloudTrail. */
export interface TrailEvent {
  eventName: string;
  eventSource: string;
  eventTime: string;
  errorCode?: string;
  [member: string]: unknown;
}

export interface Recording {
  readonly name: string;
  /** The least policies that suffice for what was done. */
  policies(): Promise<Record<string, unknown>>;
  text(): Promise<string>;
  delete(): Promise<void>;
}

export interface Iamlocal {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Of the root user of that account. */
  readonly credentials: Credentials;
  /** Of a server of its own. */
  readonly pid: number | undefined;
  /** The last of what a server of its own wrote to standard error. */
  readonly stderr: string;

  /** For clients of the SDK v3. */
  clientConfig(credentials?: AnyCredentials): ClientConfig;
  /** The same for other programs. */
  env(credentials?: AnyCredentials): Record<string, string>;
  /** Lets the refusals that a client of the SDK v3 gets say why. */
  explain<Client>(client: Client): Client;

  /** A new account, perhaps with a seed in it. */
  account(options?: { id?: string; alias?: string; seed?: string | object; from?: string }): Promise<Account>;
  /** An account that is there: that of a seed, for example. */
  inAccount(id: string): Account;
  /** A file, a seed itself, or its text in YAML or JSON. */
  seed(seed: string | object): Promise<SeedResult>;
  snapshot(name?: string): Promise<Snapshot>;
  restore(name: string): Promise<void>;
  reset(): Promise<void>;

  /** Why something was refused: by the error of an SDK, by the id of a request, or the last refusal. */
  why(what?: unknown): Promise<string | undefined>;
  decisions(query?: {
    principal?: string;
    decision?: string;
    action?: string;
    since?: string;
    limit?: number;
    cursor?: string;
  }): Promise<Decision[]>;
  events(query?: {
    event?: string;
    source?: string;
    user?: string;
    account?: string;
    outcome?: "success" | "error";
    since?: string;
    limit?: number;
    cursor?: string;
  }): Promise<TrailEvent[]>;
  record(name?: string): Promise<Recording>;

  /** The server's time. Each of these answers what time it is then. */
  readonly clock: {
    now(): Promise<Date>;
    /** `2h`, `-15m`, `1h30m` */
    advance(by: string): Promise<Date>;
    freeze(at?: Date | string | true): Promise<Date>;
    reset(): Promise<Date>;
  };
  readonly faults: {
    list(): Promise<Array<FaultRule & { id: number; struck: number }>>;
    set(...rules: FaultRule[]): Promise<void>;
    add(rule: FaultRule): Promise<void>;
    clear(): Promise<void>;
  };
  /** How late changes are seen. */
  readonly propagation: {
    get(): Promise<{ delay: string; [member: string]: unknown }>;
    set(delay: string, seed?: number): Promise<void>;
    clear(): Promise<void>;
  };
  /** Any route of the test bench: `bench("GET", "organization")`. */
  bench(method: string, path: string, options?: { query?: Record<string, unknown>; body?: unknown }): Promise<any>;

  /** Ends a server of its own; one that runs elsewhere goes on. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const Account: Function & { readonly prototype: Account };
export const Identity: Function & { readonly prototype: Identity };
export const Iamlocal: Function & { readonly prototype: Iamlocal };
export const Snapshot: Function & { readonly prototype: Snapshot };

/** Starts a server, and waits until its seeds are in. It ends with this process, however that ends. */
export function start(options?: StartOptions): Promise<Iamlocal>;
/** A server that runs already. */
export function connect(options?: ConnectOptions): Promise<Iamlocal>;
/** For `globalSetup` of Jest, Vitest and Playwright: one server for all tests, by the variables of the environment. */
export function globalSetup(options?: StartOptions): () => Promise<() => Promise<void>>;

declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}
