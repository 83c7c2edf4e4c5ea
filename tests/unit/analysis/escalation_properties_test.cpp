// "No privilege escalation" of random documents, held against random requests by the engine.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/check.hpp"
#include "base/encoding.hpp"
#include "lint/escalation_paths.hpp"
#include "unit/analysis/random.hpp"
#include "unit/property.hpp"

namespace iamlocal::analysis {
namespace {

using naive::Facts;
using naive::Json;
using naive::Maker;
using policy::DocumentKind;
using policy::TypeVerdict;

constexpr std::array patterns{"*",          "iam:*",           "iam:Create*", "iam:*AccessKey",   "iam:*LoginProfile",
                              "iam:Pass*",  "iam:PassRole",    "lambda:*",    "lambda:Create*",   "*:Create*",
                              "iam:Att*",   "iam:Put?*Policy", "s3:*",        "cloudformation:*", "glue:Create???",
                              "sagemaker:*"};

constexpr std::array resources{"*",
                               "arn:aws:iam::*:user/${aws:username}",
                               "arn:aws:iam::*:user/*/${aws:username}",
                               "arn:aws:iam::111111111111:user/*",
                               "arn:aws:iam::111111111111:user/alice",
                               "arn:aws:iam::*:user/team/*",
                               "arn:aws:iam::111111111111:role/*",
                               "arn:aws:*:*:*:*",
                               "arn:aws*:iam::*:*/alice"};

constexpr std::array targets{"arn:aws:iam::111111111111:user/alice",      "arn:aws:iam::111111111111:user/team/alice",
                             "arn:aws:iam::111111111111:user/team/b/bob", "arn:aws:iam::111111111111:user/bob",
                             "arn:aws-cn:iam::222222222222:user/alice",   "arn:aws:iam::111111111111:role/dev",
                             "arn:aws:lambda:us-east-1:111111111111:f/a", "*"};

Json random_statement(Maker& maker, DocumentKind kind) {
    naive::Choices& choose = maker.choose();
    Json statement = maker.addition(kind, choose.percent(35) ? "Deny" : "Allow")["Statement"];
    Json actions = Json::array();
    for (std::size_t n = 1 + choose.below(3); n > 0; --n)
        actions.push_back(choose.percent(50) ? std::string(choose.pick(patterns))
                                             : std::string(choose.pick(lint::escalation_paths()).name));
    if (choose.percent(85)) {
        statement.erase("Action");
        statement.erase("NotAction");
        statement[choose.percent(15) ? "NotAction" : "Action"] = std::move(actions);
    }
    if (choose.percent(80)) {
        statement.erase("Resource");
        statement.erase("NotResource");
        statement[choose.percent(20) ? "NotResource" : "Resource"] = choose.pick(resources);
    }
    if (choose.percent(15))
        statement["Condition"][choose.percent(50) ? "StringEquals" : "StringNotEquals"]["aws:username"] =
            choose.percent(50) ? "alice" : "bob";
    return statement;
}

/// A request by somebody who has this name, if any.
struct Attempt {
    Facts facts;
    std::string name;

    /// Whether it is about the caller's own user.
    [[nodiscard]] bool is_about_oneself() const {
        const std::size_t user = facts.resource.find(":user/");
        return !name.empty() && user != std::string::npos &&
               facts.resource.substr(facts.resource.rfind('/') + 1) == name;
    }
};

Attempt random_attempt(const std::string& action) {
    Attempt made{random_request(), {}};
    const Bytes bytes = random_bytes(8);
    naive::Choices choose(bytes);
    made.facts.action = action;
    if (choose.percent(85)) made.facts.resource = choose.pick(targets);
    made.name = choose.pick(std::array{"", "alice", "bob", "Alice"});
    if (!made.name.empty()) made.facts.context.set("aws:username", policy::Values::single(made.name));
    return made;
}

/// What one does with one's own user is no gain.
bool is_for_oneself_too(const lint::EscalationPath& path) {
    return path.name == "iam:CreateAccessKey" || path.name == "iam:CreateLoginProfile" ||
           path.name == "iam:UpdateLoginProfile";
}

/// The witness's own name.
std::string name_of_witness(const Witness& witness) {
    for (const auto& [key, values] : witness.context)
        if (key == "aws:username" && values.items.size() == 1) return values.items.front();
    return {};
}

TEST(Properties, ways_to_gain_more_are_found_or_there_are_none) {
    Counts counts;
    check_property(400, 7, [&] {
        const Bytes bytes = random_bytes(500);
        Maker maker(bytes);
        static constexpr std::array kinds{DocumentKind::identity, DocumentKind::identity, DocumentKind::scp,
                                          DocumentKind::boundary, DocumentKind::session};
        const DocumentKind kind = maker.choose().pick(kinds);
        Json statements = Json::array();
        for (std::size_t n = 1 + maker.choose().below(4); n > 0; --n)
            statements.push_back(random_statement(maker, kind));
        const std::string text = Json{{"Version", "2012-10-17"}, {"Statement", statements}}.dump();
        const auto read = Model::read(text, kind, std::make_shared<VariableNames>());
        if (!std::holds_alternative<Model>(read)) return;
        const auto& model = std::get<Model>(read);

        std::map<std::string, Checked> answers;
        bool is_found = false;
        bool is_never = false;
        for (Checked& checked : check_escalation(model)) {
            is_found = is_found || checked.answer == Answer::can;
            is_never = is_never || checked.answer == Answer::never;
            const std::string question = checked.question;
            answers.emplace(question, std::move(checked));
        }
        ++(is_never ? counts.none : is_found ? counts.found : counts.doubt);
        const auto answer_about = [&](const lint::EscalationPath& path) -> const Checked* {
            const auto found = answers.find("escalation by " + std::string(path.name) +
                                            (path.passes_role ? " with iam:PassRole" : ""));
            return found == answers.end() ? nullptr : &found->second;
        };
        // Every answer is about one of the ways, or says that there is none.
        std::size_t known = answers.contains("escalation") ? 1 : 0;
        RC_ASSERT(known == 0 || answers.size() == 1);
        for (const lint::EscalationPath& path : lint::escalation_paths()) {
            const Checked* const checked = answer_about(path);
            if (!checked) continue;
            ++known;
            RC_ASSERT(checked->answer != Answer::never);
            if (checked->answer != Answer::can) continue;
            RC_ASSERT(checked->witness.ask(model) == TypeVerdict::allow);
            RC_ASSERT(fold_case(checked->witness.action) == fold_case(path.name));
            if (is_for_oneself_too(path)) {
                Attempt shown;
                shown.facts.resource = checked->witness.resource;
                shown.name = name_of_witness(checked->witness);
                RC_ASSERT(!shown.is_about_oneself());
            }
            if (path.passes_role) RC_ASSERT(check_access(model, {"iam:PassRole"}, {}).front().answer == Answer::can);
        }
        RC_ASSERT(known == answers.size());

        // A role may be passed in one request, and used in another.
        bool is_passed = false;
        for (std::size_t i = 0; i < requests_of_a_case && !is_passed; ++i)
            is_passed = model.judge(random_attempt("iam:PassRole").facts.request()) == TypeVerdict::allow;
        for (std::size_t i = 0; i < requests_of_a_case; ++i) {
            const auto paths = lint::escalation_paths();
            const lint::EscalationPath& path = paths[(i + bytes.front()) % paths.size()];
            const Attempt attempt = random_attempt(std::string(path.name));
            if (model.judge(attempt.facts.request()) != TypeVerdict::allow) continue;
            if (is_for_oneself_too(path) && attempt.is_about_oneself()) continue;
            if (path.passes_role && !is_passed) continue;
            ++counts.allowed;
            if (!answer_about(path))
                RC_FAIL("allowed: " + text + "\n" + attempt.facts.action + " on " + attempt.facts.resource + " by " +
                        attempt.name);
        }
    });
    expect_most_were_told(counts);
}

}  // namespace
}  // namespace iamlocal::analysis
