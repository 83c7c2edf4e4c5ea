#include "federation/outbound_token.hpp"

#include <gtest/gtest.h>

#include "base/time_format.hpp"
#include "federation/discovery.hpp"

namespace iamlocal::federation {
namespace {

OutboundToken least() {
    OutboundToken token;
    token.id = "the-id";
    token.issuer = "https://abc.tokens.sts.global.api.aws";
    token.subject = "arn:aws:iam::111122223333:user/alice";
    token.audience = {"https://a.example"};
    token.issued = Seconds(std::chrono::seconds(1'000));
    token.expires = Seconds(std::chrono::seconds(1'300));
    token.account = "111122223333";
    token.region = "us-east-1";
    token.principal = token.subject;
    return token;
}

TEST(OutboundToken, LeavesOutWhatThereIsNot) {
    EXPECT_EQ(write_outbound_claims(least()),
              R"({"aud":"https://a.example","sub":"arn:aws:iam::111122223333:user/alice",)"
              R"("iss":"https://abc.tokens.sts.global.api.aws","iat":1000,"exp":1300,"jti":"the-id",)"
              R"("https://sts.amazonaws.com/":{"aws_account":"111122223333","source_region":"us-east-1",)"
              R"("principal_id":"arn:aws:iam::111122223333:user/alice"}})");
}

TEST(OutboundToken, SaysEverything) {
    OutboundToken token = least();
    token.audience = {"a", "b", "a"};
    token.organization = "o-1";
    token.organization_path = "o-1/r-1/ou-1/";
    token.principal_tags = {{"team", "red"}};
    token.request_tags = {{"aws:job", "\xc3\xa9"}, {"z", ""}};
    token.session_expires = whole_seconds(parse_iso8601("2026-09-11T18:51:01Z").value());
    token.source_identity = "bob";
    token.federated_provider = "arn:aws:iam::111122223333:oidc-provider/idp.example.com";
    EXPECT_EQ(write_outbound_claims(token),
              R"({"aud":["a","b","a"],"sub":"arn:aws:iam::111122223333:user/alice",)"
              R"("iss":"https://abc.tokens.sts.global.api.aws","iat":1000,"exp":1300,"jti":"the-id",)"
              R"("https://sts.amazonaws.com/":{"aws_account":"111122223333","source_region":"us-east-1",)"
              R"("principal_id":"arn:aws:iam::111122223333:user/alice","org_id":"o-1","ou_path":["o-1/r-1/ou-1/"],)"
              R"("principal_tags":{"team":"red"},"request_tags":{"aws:job":"é","z":""},)"
              R"("original_session_exp":"2026-09-11T18:51:01Z","source_identity":"bob",)"
              R"("federated_provider":"arn:aws:iam::111122223333:oidc-provider/idp.example.com"}})");
}

TEST(Discovery, SaysWhereTheKeysAre) {
    EXPECT_EQ(write_discovery(outbound_discovery("https://abc", "http://localhost/jwks")),
              R"({"issuer":"https://abc","jwks_uri":"http://localhost/jwks","response_types_supported":["id_token"],)"
              R"("subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256","ES384"],)"
              R"("claims_supported":["sub","iss","aud","exp","iat","jti","https://sts.amazonaws.com/"]})");
}

}  // namespace
}  // namespace iamlocal::federation
