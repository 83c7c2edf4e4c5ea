#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

const std::string plain = R"("Action":"s3:*","Resource":"*")";

std::string sids(std::string_view a, std::string_view b) {
    const auto statement = [](std::string_view sid, std::string_view action) {
        return R"({"Sid":")" + std::string(sid) +
               R"(","Effect":"Allow","Principal":{"AWS":"111111111111"},"Resource":"*","Action":")" +
               std::string(action) + "\"}";
    };
    return R"({"Version":"2012-10-17","Statement":[)" + statement(a, "s3:GetObject") + "," +
           statement(b, "s3:PutObject") + "]}";
}

TEST(Structure, Elements) {
    check("INVALID_POLICY_ELEMENT", Severity::error,
          {{R"({"version":"2012-10-17","Statement":{"Effect":"Allow",)" + plain + "}}", true},
           {with(plain + R"(,"Actions":"s3:*")"), true},
           {with(plain), false}});
    check("DATA_TYPE_MISMATCH", Severity::error,
          {{"[]", true},
           {"7", true},
           {R"({"Version":20121017,"Statement":{"Effect":"Allow",)" + plain + "}}", true},
           {R"({"Version":"2012-10-17","Statement":"x"})", true},
           {R"({"Version":"2012-10-17","Statement":["x"]})", true},
           {with(R"("Action":7,"Resource":"*")"), true},
           {with(R"("Action":["s3:*",7],"Resource":"*")"), true},
           {with(R"("Action":"s3:*","Resource":{"a":"b"})"), true},
           {with(plain + R"(,"Sid":1)"), true},
           {with_condition(R"({"Null":"x"})"), true},
           {with_condition(R"({"Null":{"aws:a":{}}})"), true},
           {with_condition(R"({"StringEquals":{"aws:userid":["b",[]]}})"), true},
           {with_condition(R"({"StringEquals":{"aws:userid":["b"]}})"), false}});
    check("MISSING_STATEMENT", Severity::error,
          {{R"({"Version":"2012-10-17"})", true},
           {R"({"Version":"2012-10-17","Statement":[]})", true},
           {with(plain), false}});
    check("MISSING_EFFECT", Severity::error,
          {{R"({"Version":"2012-10-17","Statement":{)" + plain + "}}", true}, {with(plain), false}});
    check(
        "INVALID_EFFECT", Severity::error,
        {{R"({"Version":"2012-10-17","Statement":{"Effect":"allow",)" + plain + "}}", true}, {denying(plain), false}});
    check("MISSING_ACTION", Severity::error, {{with(R"("Resource":"*")"), true}, {with(plain), false}});
    check("MISSING_RESOURCE", Severity::error, {{with(R"("Action":"s3:*")"), true}, {with(plain), false}});
    check("UNSUPPORTED_ELEMENT_COMBINATION", Severity::error,
          {{with(plain + R"(,"NotAction":"s3:*")"), true},
           {with(plain + R"(,"NotResource":"*")"), true},
           {with(plain), false}});
}

TEST(Structure, TrustPoliciesNeedNoResource) {
    const std::string trust = trusting(R"("Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole")");
    EXPECT_TRUE(lint(trust, DocumentKind::trust).empty());
    EXPECT_TRUE(find(lint(trust, DocumentKind::identity), "MISSING_RESOURCE"));
}

TEST(Structure, Sids) {
    check("UNSUPPORTED_SID", Severity::error,
          {{with(plain + R"(,"Sid":"a b")"), true}, {with(plain + R"(,"Sid":"aB9")"), false}});
    check("UNIQUE_SIDS_REQUIRED", Severity::error,
          {{sids("a", "a"), true}, {sids("a", "b"), false}, {sids("", ""), false}});
    check("UNIQUE_SIDS_RECOMMENDED", Severity::warning, {{sids("a", "a"), true}, {sids("a", "b"), false}},
          DocumentKind::resource);
    check("EMPTY_SID_VALUE", Severity::suggestion,
          {{with(plain + R"(,"Sid":"")"), true}, {with(plain + R"(,"Sid":"a")"), false}});
}

TEST(Structure, Versions) {
    const std::string statement = R"("Statement":{"Effect":"Allow",)" + plain + "}}";
    check("MISSING_VERSION", Severity::warning, {{"{" + statement, true}, {with(plain), false}});
    check("OUTDATED_VERSION", Severity::warning,
          {{R"({"Version":"2008-10-17",)" + statement, true}, {"{" + statement, false}, {with(plain), false}});
    check("INVALID_VERSION", Severity::error,
          {{R"({"Version":"2012-10-18",)" + statement, true}, {R"({"Version":"2008-10-17",)" + statement, false}});
}

TEST(Structure, Empty) {
    check("EMPTY_ARRAY_ACTION", Severity::suggestion,
          {{with(R"("Action":[],"Resource":"*")"), true}, {with(plain), false}});
    check("EMPTY_ARRAY_RESOURCE", Severity::suggestion,
          {{with(R"("Action":"s3:*","Resource":[])"), true}, {with(plain), false}});
    check("EMPTY_ARRAY_PRINCIPAL", Severity::suggestion,
          {{with(plain + R"(,"Principal":{"AWS":[]})"), true}, {with(plain + R"(,"Principal":{"AWS":["1"]})"), false}},
          DocumentKind::resource);
    check("EMPTY_OBJECT_PRINCIPAL", Severity::suggestion,
          {{with(plain + R"(,"Principal":{})"), true}, {with(plain + R"(,"Principal":{"AWS":["1"]})"), false}},
          DocumentKind::resource);
    check("EMPTY_OBJECT_CONDITION", Severity::suggestion,
          {{with_condition("{}"), true},
           {with_condition(R"({"Null":{}})"), true},
           {with_condition(R"({"Null":{"aws:userid":"true"}})"), false}});
}

/// A policy of that many characters without white space, and some white space.
std::string of_size(std::size_t size, DocumentKind kind) {
    const std::string head =
        kind == DocumentKind::trust
            ? R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole","Sid":")"
            : R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Sid":")";
    const std::string tail = "\"}]}";
    return head + std::string(size - head.size() - tail.size(), 'a') + tail + std::string(100, '\n');
}

TEST(Structure, Sizes) {
    const struct {
        DocumentKind kind;
        std::size_t limit;
        std::string_view code;
    } rows[] = {{DocumentKind::identity, 6144, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"},
                {DocumentKind::boundary, 6144, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"},
                {DocumentKind::session, 2048, "POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA"}};
    for (const auto& row : rows) {
        check(row.code, Severity::error,
              {{of_size(row.limit + 1, row.kind), true}, {of_size(row.limit, row.kind), false}}, row.kind);
    }
    // Up to 4,096 AWS raises the quota on request.
    check("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", Severity::warning,
          {{of_size(2049, DocumentKind::trust), true},
           {of_size(4096, DocumentKind::trust), true},
           {of_size(2048, DocumentKind::trust), false}},
          DocumentKind::trust);
    check("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", Severity::error,
          {{of_size(4097, DocumentKind::trust), true}, {of_size(2048, DocumentKind::trust), false}},
          DocumentKind::trust);
    // An organization's policies are kept with their white space unless it is removed before.
    check("POLICY_SIZE_EXCEEDS_SCP_QUOTA", Severity::error,
          {{of_size(10'241, DocumentKind::scp), true}, {of_size(10'140, DocumentKind::scp), false}}, DocumentKind::scp);
    check("POLICY_SIZE_EXCEEDS_SCP_QUOTA", Severity::warning,
          {{of_size(10'141, DocumentKind::scp), true}, {of_size(10'140, DocumentKind::scp), false}}, DocumentKind::scp);
    check("POLICY_SIZE_EXCEEDS_RCP_QUOTA", Severity::warning,
          {{of_size(5'021, DocumentKind::rcp), true}, {of_size(5'020, DocumentKind::rcp), false}}, DocumentKind::rcp);
    check("POLICY_SIZE_EXCEEDS_MAXIMUM", Severity::error,
          {{of_size(131'073, DocumentKind::identity), true}, {of_size(131'072, DocumentKind::identity), false}});
}

}  // namespace
}  // namespace iamlocal::lint
