#include "lint/lint.hpp"

#include <set>
#include <variant>

#include <fmt/format.h>

#include "policy/parse.hpp"
#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

TEST(Lint, IsSilentAboutAGoodPolicy) {
    const std::string text = R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/${aws:username}/*",
     "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalTag/team": "blue"}}},
    {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}}
  ]
})";
    EXPECT_TRUE(lint(text, DocumentKind::identity).empty())
        << testing::PrintToString(codes_of(lint(text, DocumentKind::identity)));
}

TEST(Lint, SaysWhere) {
    const struct {
        std::string text;
        std::string_view code;
        std::size_t line;
        std::size_t column;
    } rows[] = {
        {"{\"Version\": \"2012-10-17\",\n \"Statement\": [", "JSON_SYNTAX_ERROR", 2, 16},
        {"{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Allow\",\n  \"Action\": [\"s3:*\", "
         "\"s3:Nothing\"], "
         "\"Resource\": \"*\"}}",
         "INVALID_ACTION", 3, 22},
        {"{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Sid\": \"😀\", \"Effect\": \"Allow\", \"Action\": "
         "\"s3:Nothing\", "
         "\"Resource\": \"*\"}}",
         "INVALID_ACTION", 2, 58},
        {"{\"Version\": \"2012-10-17\",\r\n \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": "
         "\"*\",\r\n "
         "\"Condition\": {\"StringEquals\": {\"a\": \"x\"}}}}",
         "INVALID_CONDITION_KEY_FORMAT", 3, 33},
        {"{\"Version\": \"2012-10-17\",\n\"Extra\\\"\" : 1, \"Statement\": {\"Effect\": \"Allow\", \"Action\": "
         "\"s3:*\", \"Resource\": "
         "\"*\"}}",
         "INVALID_POLICY_ELEMENT", 2, 1},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.text);
        const std::vector<Finding> findings = lint(row.text, DocumentKind::identity);
        const Finding* finding = find(findings, row.code);
        ASSERT_TRUE(finding) << testing::PrintToString(codes_of(findings));
        EXPECT_EQ(finding->line, row.line);
        EXPECT_EQ(finding->column, row.column);
    }
}

TEST(Lint, IsInTheOrderOfTheText) {
    const std::vector<Finding> findings = lint(
        "{\"Statement\": [\n{\"Effect\": \"Maybe\", \"Action\": [\"x\",\n\"s3:*\", \"s3:Get*\"], \"Resource\": "
        "\"b\"}]}",
        DocumentKind::identity);
    ASSERT_GT(findings.size(), 4U);
    for (std::size_t i = 1; i < findings.size(); ++i) {
        EXPECT_LE(std::pair(findings[i - 1].line, findings[i - 1].column),
                  std::pair(findings[i].line, findings[i].column));
    }
}

TEST(Lint, KnowsWhatServicesTake) {
    const auto codes = [](const std::string& text, DocumentKind kind, Use use = Use::usual) {
        const std::vector<std::string_view> all = codes_of(lint(text, kind, use));
        return std::set<std::string_view>(all.begin(), all.end());
    };
    const std::set<std::string_view> none;
    const std::string account = R"("Principal":{"AWS":"arn:aws:iam::111122223333:root"},)";
    EXPECT_EQ(codes(with(account + R"("Action":"ecr:BatchGetImage")"), DocumentKind::resource), none);
    EXPECT_EQ(codes(with(account + R"("Action":"sqs:SendMessage")"), DocumentKind::resource),
              std::set<std::string_view>{"MISSING_RESOURCE"});
    EXPECT_EQ(
        codes(with(account + R"("Action":"execute-api:Invoke","Resource":"execute-api:/*")"), DocumentKind::resource),
        none);
    EXPECT_TRUE(codes(with(R"("Action":"execute-api:Invoke","Resource":"execute-api:/*")"), DocumentKind::identity)
                    .contains("INVALID_ARN_PREFIX"));
    const std::string everyone = with(R"("Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")");
    EXPECT_EQ(codes(everyone, DocumentKind::resource), std::set<std::string_view>{"PRINCIPAL_IS_EVERYONE"});
    EXPECT_EQ(codes(everyone, DocumentKind::resource, Use::vpc_endpoint), none);
    const auto long_policy = [](std::size_t size) {
        return with(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::)" + std::string(size, 'a') + R"(/k")");
    };
    EXPECT_TRUE(
        codes(long_policy(9'000), DocumentKind::identity).contains("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"));
    EXPECT_EQ(codes(long_policy(9'000), DocumentKind::identity, Use::inline_policy), none);
    EXPECT_TRUE(codes(long_policy(10'300), DocumentKind::identity, Use::inline_policy)
                    .contains("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"));
    // A key's policy may have a Sid twice.
    const std::string twice =
        R"({"Version":"2012-10-17","Statement":[)"
        R"({"Sid":"a","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:Decrypt","Resource":"*"},)"
        R"({"Sid":"a","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:Encrypt","Resource":"*"}]})";
    EXPECT_EQ(codes(twice, DocumentKind::resource), std::set<std::string_view>{"UNIQUE_SIDS_RECOMMENDED"});
}

TEST(Lint, GivesTheAnswerOfIam) {
    const auto says = [](const std::string& text, DocumentKind kind, std::string_view answer) {
        for (const Finding& finding : lint(text, kind)) {
            if (finding.severity == Severity::error && finding.message.find(answer) != std::string::npos) return true;
        }
        return false;
    };
    EXPECT_TRUE(says("{", DocumentKind::identity, "Syntax errors in policy."));
    EXPECT_TRUE(says("{", DocumentKind::trust, "This policy contains invalid Json"));
    // Inline policies may lack Version, or be of 2008.
    const std::string old = R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}})";
    for (const std::string& text : {old, R"({"Version":"2008-10-17",)" + old.substr(1)}) {
        for (const Finding& finding : lint(text, DocumentKind::identity)) EXPECT_NE(finding.severity, Severity::error);
    }
    EXPECT_TRUE(says(old, DocumentKind::scp, "Policy document must be version 2012-10-17 or greater."));
    for (const char* resource :
         {"arn:aws:iam::123456789012:root", "arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q"})
        EXPECT_FALSE(says(with(fmt::format(R"("Action":"sts:AssumeRoot","Resource":"{}")", resource)),
                          DocumentKind::identity, "refuses"))
            << resource;
    EXPECT_TRUE(
        says(trusting(R"("Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"accounts.google.com"})"),
             DocumentKind::trust,
             "Policy trusting accounts.google.com requires a StringEquals condition on an application id"));
    EXPECT_TRUE(says(trusting(R"("Action":"sts:*","Principal":{"AWS":"111111111111"})"), DocumentKind::trust,
                     "AssumeRole policy may only specify STS AssumeRole actions."));
    EXPECT_TRUE(says(with(R"("Action":"s3:*","Resource":"bucket")"), DocumentKind::identity,
                     "Resource bucket must be in ARN format or \"*\"."));
    EXPECT_TRUE(says(trusting(R"("Action":"sts:AssumeRole","Principal":{"AWS":"bob"})"), DocumentKind::trust,
                     "Invalid principal in policy: \"AWS\":\"bob\""));
    // Where a check has spoken of the place, the answer is part of it.
    const std::vector<Finding> findings = lint(with(R"("Action":"s3:*","Resource":"bucket")"), DocumentKind::identity);
    EXPECT_FALSE(find(findings, refused_code));
    EXPECT_TRUE(find(lint("\n" + with(R"("Action":"s3:*","Resource":"*")"), DocumentKind::identity), refused_code));
}

TEST(Lint, WhatIamRefusesHasAnError) {
    for (const std::string& text : {std::string(""), std::string("null"), std::string("[]"), std::string("{}"),
                                    std::string(R"({"Statement":[]})"), with(R"("Action":"a:b:c","Resource":"*")"),
                                    with(R"("Action":"s3:*","Resource":"arn:aws:s3:us-east-1::b")"),
                                    with(R"("Action":"s3:*","Resource":"*","Sid":"-")"),
                                    with(R"("Action":"s3:*","Resource":"*","Principal":"*")")}) {
        for (const DocumentKind kind :
             {DocumentKind::identity, DocumentKind::trust, DocumentKind::resource, DocumentKind::boundary,
              DocumentKind::session, DocumentKind::scp, DocumentKind::rcp}) {
            SCOPED_TRACE(text);
            if (std::holds_alternative<policy::Policy>(policy::parse(text, kind))) continue;
            const std::vector<Finding> findings = lint(text, kind);
            EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                                    [](const Finding& finding) { return finding.severity == Severity::error; }));
        }
    }
}

TEST(Lint, GuessesTheKind) {
    EXPECT_EQ(guess_kind(with(R"("Action":"s3:*","Resource":"*")")), DocumentKind::identity);
    EXPECT_EQ(guess_kind(with(R"("Action":"s3:*","Resource":"*","Principal":"*")")), DocumentKind::resource);
    EXPECT_EQ(guess_kind(trusting(R"("Action":"sts:AssumeRole","Principal":{"AWS":"*"})")), DocumentKind::trust);
    // A Resource in a trust policy is a mistake to be found, not the sign of another kind.
    EXPECT_EQ(
        guess_kind(trusting(R"("Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":"*"},"Resource":"*")")),
        DocumentKind::trust);
    EXPECT_EQ(guess_kind(denying(R"("Action":"sts:AssumeRole","Principal":"*","Resource":"*")")),
              DocumentKind::resource);
    EXPECT_EQ(guess_kind(trusting(R"("Action":"ecr:BatchGetImage","Principal":{"AWS":"*"})")), DocumentKind::resource);
    EXPECT_EQ(guess_kind(trusting(R"("Action":"elasticfilesystem:ClientMount","Principal":{"AWS":"*"})")),
              DocumentKind::resource);
    EXPECT_EQ(guess_kind("{"), DocumentKind::identity);
    EXPECT_EQ(guess_kind("[]"), DocumentKind::identity);
}

TEST(Lint, SaysWhoRefuses) {
    const auto message = [](DocumentKind kind) {
        const std::vector<Finding> findings = lint(R"({"Version":"2012-10-17","Statement":[]})", kind);
        return findings.empty() ? std::string() : findings[0].message;
    };
    EXPECT_NE(message(DocumentKind::identity).find("IAM "), std::string::npos) << message(DocumentKind::identity);
    for (const DocumentKind kind : {DocumentKind::scp, DocumentKind::rcp, DocumentKind::resource}) {
        EXPECT_NE(message(kind).find("AWS refuses"), std::string::npos) << message(kind);
        EXPECT_EQ(message(kind).find("IAM "), std::string::npos) << message(kind);
    }
}

TEST(Lint, RulesHaveCodesOfTheirOwnAndHelp) {
    std::set<std::string_view> codes;
    for (const Rule& rule : rules()) {
        SCOPED_TRACE(std::string(rule.code));
        EXPECT_TRUE(codes.insert(rule.code).second);
        EXPECT_TRUE(rule.help.starts_with("https://docs.aws.amazon.com/IAM/latest/UserGuide/"));
        EXPECT_TRUE(rule.summary.ends_with('.'));
    }
    EXPECT_GT(codes.size(), 100U);
    const std::vector<Finding> findings = lint(with_actions(R"("s3:Nothing")"), DocumentKind::identity);
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings[0].help,
              "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
              "#access-analyzer-reference-policy-checks-error-invalid-action");
}

/// Documents that would keep naive loops busy for hours.
TEST(Lint, IsBounded) {
    std::string wild;
    std::string misspelt;
    std::string keys;
    for (int i = 0; i < 9000; ++i) {
        wild += (i ? ",\"" : "\"") + std::string("s3:*") + std::to_string(i) + "*\"";
        misspelt += (i ? ",\"" : "\"") + std::string("ec2:Nx") + std::to_string(i) + "\"";
        if (i < 3000) keys += (i ? ",\"" : "\"") + std::string("s3:prefix/") + std::to_string(i) + "\":\"a\"";
    }
    for (const std::string& text :
         {with_actions("[" + wild + "]"), with_actions("[" + misspelt + "]"), with_resources("[" + wild + "]"),
          with(R"("Resource":"*","Action":[)" + misspelt.substr(0, misspelt.size() / 3) +
               R"("],"Condition":{"StringEquals":{)" + keys + "}}"),
          with(R"("Action":"*","Resource":"arn:aws:s3:::)" + std::string(100'000, '*') + "a\"")}) {
        EXPECT_LE(lint(text, DocumentKind::identity).size(), max_findings + 2);
    }
}

/// An error that comes after a thousand lesser findings still counts as one.
TEST(Lint, SaysWhatIsNotShown) {
    std::string twice;
    std::string instances;
    for (int i = 0; i < 1500; ++i) {
        twice += R"("s3:GetObject",)";
        instances += fmt::format(R"({}"arn:aws:ec2:us-east-1:123456789012:instance/i-{}")", i ? "," : "", i);
    }
    const std::string mismatched = R"("Action":"s3:Get*","Resource":[)" + instances + "]";
    const std::string wrong_key = R"(,"Condition":{"StringEquals":{"s3:nothing":"x"}})";
    const auto last_of = [](const std::string& text) { return lint(text, DocumentKind::identity).back(); };

    const Finding last = last_of(with_actions("[" + twice + R"("s3:GetObject"])"));
    EXPECT_EQ(last.code, "FINDINGS_LEFT_OUT");
    EXPECT_EQ(last.severity, Severity::suggestion);
    EXPECT_EQ(last.message, "501 more findings are not shown.");
    EXPECT_EQ(last_of(with(mismatched)).code, "FINDINGS_LEFT_OUT");
    EXPECT_NE(last_of(with(mismatched)).severity, Severity::error);
    EXPECT_EQ(last_of(with(mismatched + wrong_key)).severity, Severity::error);
    EXPECT_FALSE(find(lint(with_actions(R"("s3:GetObject")"), DocumentKind::identity), "FINDINGS_LEFT_OUT"));
}

}  // namespace
}  // namespace iamlocal::lint
