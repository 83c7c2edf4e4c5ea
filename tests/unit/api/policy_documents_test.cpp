#include "api/policy_documents.hpp"

#include "unit/api/fixture.hpp"

namespace iamlocal::api {
namespace {

using policy::DocumentKind;

TEST(PolicyDocuments, CountsWhatQuotasCount) {
    const std::string compact = document(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");
    EXPECT_EQ(admit_policy(compact, DocumentKind::identity), static_cast<std::int64_t>(compact.size()));
    EXPECT_EQ(admit_policy("{\n\t " + compact.substr(1) + "\r\n", DocumentKind::identity),
              static_cast<std::int64_t>(compact.size()));
    // Not even an empty line may stand before an identity-based policy.
    EXPECT_EQ(message_of([&] { admit_policy("\n" + compact, DocumentKind::identity); }),
              "The policy failed legacy parsing");
}

TEST(PolicyDocuments, RefusesInTheWordsOfAws) {
    const struct {
        std::string text;
        DocumentKind kind;
        const char* message;
    } cases[] = {
        {"{", DocumentKind::identity, "Syntax errors in policy."},
        {"null", DocumentKind::identity, "Syntax errors in policy."},
        {"{", DocumentKind::trust, "This policy contains invalid Json"},
        {document(R"({"Effect":"Allow","Resource":"*"})"), DocumentKind::identity,
         "Policy statement must contain actions."},
        {document(R"({"Effect":"Allow","Action":"s3:*"})"), DocumentKind::identity,
         "Policy statement must contain resources."},
        {document(R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"})"), DocumentKind::identity,
         "Policy document should not specify a principal."},
    };
    for (const auto& [text, kind, message] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(code_of([&] { admit_policy(text, kind); }), "MalformedPolicyDocument");
        EXPECT_EQ(message_of([&] { admit_policy(text, kind); }), message);
    }
}

}  // namespace
}  // namespace iamlocal::api
