import { ListUsersCommand, IAMClient } from "@aws-sdk/client-iam";
import { connect, start } from "iamlocal";
import { expect, test } from "vitest";

test("the server of globalSetup", async () => {
  const iam = await connect();
  const account = iam.inAccount("111122223333");
  const { Users } = await new IAMClient(account.clientConfig()).send(new ListUsersCommand({}));
  expect(Users.map((user) => user.UserName)).toEqual(["app", "ci"]);
});

test("a server of its own", async () => {
  const iam = await start();
  expect(await iam.events()).toEqual([]);
  await iam.stop();
});
