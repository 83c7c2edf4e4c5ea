import { IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { connect, globalSetup, start, IamlocalError, type Account, type Iamlocal, type StartOptions } from "iamlocal";

const options: StartOptions = { seed: ["seed.yaml", { accounts: {} }], args: ["--enforcement", "audit"], logLevel: "info" };
await using iam: Iamlocal = await start(options);
const client: IAMClient = iam.explain(new IAMClient(iam.clientConfig()));
const account: Account = await iam.account({ seed: "seed.yaml", from: "111122223333" });
const { Credentials } = await new STSClient(account.clientConfig()).send(new AssumeRoleCommand({ RoleArn: "", RoleSessionName: "" }));
new IAMClient(iam.clientConfig(Credentials!));
const rotator = await (await account.user("ci")).assumeRole("rotator", { DurationSeconds: 900 });
console.log(new IAMClient(rotator.clientConfig()), await rotator.arn());
const snapshot = await account.snapshot();
await snapshot.restore();
const now: Date = await iam.clock.advance("2h");
await iam.faults.set({ action: "iam:*", error: "Throttling", count: 2 }, { cut: true });
const why: string | undefined = await iam.why(new Error());
const name: string | undefined = (await iam.events({ outcome: "error" }))[0]?.eventName;
const teardown: () => Promise<void> = await globalSetup(options)();
const status = (error: unknown) => (error instanceof IamlocalError ? error.status : undefined);
const other = await connect({ endpoint: iam.endpoint });
console.log(client, now, why, name, teardown, status, other.pid);

// @ts-expect-error there is no such option
await start({ sede: "seed.yaml" });
// @ts-expect-error a rule of no such kind
await iam.faults.add({ errror: "Throttling" });
// @ts-expect-error nobody makes one but start and connect
new Iamlocal();
