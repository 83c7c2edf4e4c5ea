// A provider that nobody here has written: npm's oidc-provider, on this machine, with a user "alice" who consents to
// everything. Prints its issuer and an ID token of hers, got by the authorization code flow with PKCE; then, for each line of
// standard input, `rotate` or `token`, does that and prints what comes of it. node oidc_provider.mjs
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import http from "node:http";
import readline from "node:readline";
import Provider from "oidc-provider";

const CLIENT = "web-client";
const jwk = (kid, kind) => {
  const { privateKey } = kind === "RSA" ? generateKeyPairSync("rsa", { modulusLength: 2048 })
                                        : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: kind === "RSA" ? "RS256" : "ES256" };
};
const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const callback = "https://client.example.com/callback";

const configure = (key) => {
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT, token_endpoint_auth_method: "none", redirect_uris: [callback],
                id_token_signed_response_alg: key.alg }],
    jwks: { keys: [key] },
    cookies: { keys: ["unguessable"] },
    features: { devInteractions: { enabled: false } },
    claims: { openid: ["sub"], email: ["email"] },
    conformIdTokenClaims: false,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) return next();
    const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
    if (prompt.name === "login")
      return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: "alice" } });
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    return provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } },
                                        { mergeWithLastSubmission: true });
  });
  return provider;
};

let handle;
server.on("request", (request, response) => handle(request, response));

const signIn = async () => {
  const cookies = new Map();
  const visit = async (url, options = {}) => {
    const header = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(new URL(url, issuer), { redirect: "manual", ...options, headers: { ...options.headers, cookie: header } });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(";")[0].split("=");
      cookies.set(name, value);
    }
    return answer;
  };
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({ client_id: CLIENT, response_type: "code", scope: "openid email", redirect_uri: callback,
                                      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
                                      code_challenge_method: "S256" });
  let location = `/auth?${query}`;
  for (let step = 0; step < 8 && !location.startsWith(callback); ++step) {
    const answer = await visit(location);
    location = answer.headers.get("location");
    if (!location) throw new Error(`${answer.status} ${await answer.text()}`);
  }
  const code = new URL(location).searchParams.get("code");
  const answer = await visit("/token", {
    method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ grant_type: "authorization_code", client_id: CLIENT, code, redirect_uri: callback,
                                code_verifier: verifier }) });
  const { id_token: token, error_description: why } = await answer.json();
  if (!token) throw new Error(why);
  return token;
};

const kinds = ["RSA", "EC"];
let turn = 0;
const rotate = () => {
  handle = configure(jwk(`key-${turn}`, kinds[turn % kinds.length])).callback();
  ++turn;
};
rotate();
console.log(JSON.stringify({ issuer, client: CLIENT, token: await signIn() }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === "rotate") rotate();
  console.log(JSON.stringify({ issuer, client: CLIENT, token: await signIn() }));
}
process.exit(0);
