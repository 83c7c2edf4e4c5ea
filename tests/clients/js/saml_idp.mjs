// An identity provider of somebody else: samlify writes metadata and a response to what it reads from standard input.
import fs from "node:fs";
import { randomBytes } from "node:crypto";
import samlify from "samlify";

const given = JSON.parse(fs.readFileSync(0, "utf8"));
samlify.setSchemaValidator({ validate: () => Promise.resolve("no schema is at hand") });

const own = "https://aws.amazon.com/SAML/Attributes/";
const signIn = "https://signin.aws.amazon.com/saml";
const encrypted = given.encryptFor !== undefined;

const template = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
  xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{ID}" Version="2.0" IssueInstant="{IssueInstant}"
  Destination="{Destination}"><saml:Issuer>{Issuer}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="{StatusCode}"/></samlp:Status>
  <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="{AssertionID}" Version="2.0" IssueInstant="{IssueInstant}">
    <saml:Issuer>{Issuer}</saml:Issuer>
    <saml:Subject><saml:NameID Format="{NameIDFormat}">{NameID}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
        NotOnOrAfter="{SubjectConfirmationDataNotOnOrAfter}" Recipient="{SubjectRecipient}"/></saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="{ConditionsNotBefore}" NotOnOrAfter="{ConditionsNotOnOrAfter}">
      <saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
    <saml:AuthnStatement AuthnInstant="{IssueInstant}"><saml:AuthnContext><saml:AuthnContextClassRef>
      urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
    {AttributeStatement}</saml:Assertion></samlp:Response>`;

const attribute = (name, valueTag) =>
  ({ name: own + name, valueTag, nameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", valueXsiType: "xs:string" });

const idp = samlify.IdentityProvider({
  entityID: given.entity,
  signingCert: given.certificate,
  privateKey: given.key,
  isAssertionEncrypted: encrypted,
  dataEncryptionAlgorithm: given.dataAlgorithm,
  keyEncryptionAlgorithm: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
  messageSigningOrder: "sign-then-encrypt",
  nameIDFormat: ["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"],
  singleSignOnService: [{ Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", Location: given.entity + "/sso" }],
  loginResponseTemplate: {
    context: template,
    attributes: [attribute("Role", "role"), attribute("RoleSessionName", "name"), attribute("PrincipalTag:Team", "team")],
  },
});
const sp = samlify.ServiceProvider({
  entityID: "urn:amazon:webservices",
  wantAssertionsSigned: true,
  wantMessageSigned: given.signMessage,
  encryptCert: given.encryptFor,
  signatureConfig: {
    prefix: "ds", location: { reference: "/*[local-name(.)='Response']/*[local-name(.)='Issuer']", action: "after" },
  },
  assertionConsumerService: [{ Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", Location: signIn }],
});

const at = (minutes) => new Date(Date.now() + minutes * 60000).toISOString();
const fill = (text) => {
  const id = "_" + randomBytes(16).toString("hex");
  const values = {
    ID: id, AssertionID: "_" + randomBytes(16).toString("hex"), Issuer: given.entity, IssueInstant: at(0), Destination: signIn,
    StatusCode: "urn:oasis:names:tc:SAML:2.0:status:Success", NameID: given.name, Audience: "urn:amazon:webservices",
    NameIDFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", SubjectRecipient: signIn,
    SubjectConfirmationDataNotOnOrAfter: at(5), ConditionsNotBefore: at(-1), ConditionsNotOnOrAfter: at(5),
    attrRole: `${given.role},${given.provider}`, attrName: given.name, attrTeam: "blue / green",
  };
  return { id, context: samlify.SamlLib.replaceTagsByValue(text, values) };
};
const { context } = await idp.createLoginResponse(sp, null, "post", {}, { customTagReplacement: fill });
console.log(JSON.stringify({ metadata: idp.getMetadata(), response: context }));
