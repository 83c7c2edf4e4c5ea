import { ListUsersCommand, IAMClient } from "@aws-sdk/client-iam";
import { expect, test } from "@playwright/test";
import { connect } from "iamlocal";

test("the server of globalSetup", async ({ request }) => {
  const iam = await connect();
  const account = iam.inAccount("111122223333");
  const { Users } = await new IAMClient(account.clientConfig()).send(new ListUsersCommand({}));
  expect(Users?.map((user) => user.UserName)).toEqual(["app", "ci"]);
  expect((await request.get(`${iam.endpoint}/readyz`)).status()).toBe(200);
});
