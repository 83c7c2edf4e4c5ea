// "No public access" of random documents, held against requests of strangers by the engine.
#include <array>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/check.hpp"
#include "base/encoding.hpp"
#include "policy/caller.hpp"
#include "unit/analysis/random.hpp"
#include "unit/property.hpp"

namespace iamlocal::analysis {
namespace {

using naive::Facts;
using naive::Json;
using naive::Maker;
using policy::DocumentKind;
using policy::PrincipalKind;
using policy::TypeVerdict;

/// A condition on who somebody is: in an Allow, and in a Deny that excepts him.
struct About {
    const char* allow;
    const char* deny;
    const char* key;
    const char* values;  ///< JSON
};

/// Of these the first lets only somebody in particular pass, and the second everybody else.
constexpr std::array somebody{
    About{"StringEquals", "StringNotEquals", "aws:PrincipalOrgID", R"("o-a1b2c3d4e5")"},
    About{"StringLike", "StringNotEqualsIfExists", "aws:PrincipalOrgID", R"(["o-a1b2c3d4e5","o-e5d4c3b2a1"])"},
    About{"ArnLike", "ArnNotLike", "aws:PrincipalArn", R"("arn:aws:iam::111111111111:role/*")"},
    About{"ArnEquals", "ArnNotEqualsIfExists", "aws:PrincipalArn",
          R"(["arn:aws:iam::111111111111:user/a","arn:aws:iam::111111111111:user/b","arn:aws:iam::111111111111:user/c",
              "arn:aws:iam::111111111111:user/d","arn:aws:iam::111111111111:user/e","arn:aws:iam::111111111111:user/f",
              "arn:aws:iam::222222222222:role/g","arn:aws:iam::999999999999:role/h"])"},
    About{"StringEqualsIgnoreCase", "StringNotEquals", "aws:PrincipalAccount", R"(["111111111111","222222222222"])"},
    About{"IpAddress", "NotIpAddress", "aws:SourceIp", R"(["10.0.0.0/8","192.168.0.0/16","2001:db8::/32"])"},
    About{"StringEquals", "StringNotEquals", "aws:SourceVpce", R"("vpce-1")"},
    About{"ForAnyValue:StringLike", "ForAllValues:StringNotLike", "aws:PrincipalOrgPaths",
          R"("o-a1b2c3d4e5/r-ab12/*")"},
    About{"StringLike", "StringNotLike", "aws:userid", R"(["AROAEXAMPLEID12345678:*","111111111111"])"}};

/// And of these neither does.
constexpr std::array anybody{About{"StringLike", "StringNotLike", "aws:PrincipalOrgID", R"("o-*")"},
                             About{"StringEqualsIfExists", "StringEqualsIfExists", "aws:SourceVpce", R"("vpce-1")"},
                             About{"ForAllValues:StringLike", "ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths",
                                   R"("o-a1b2c3d4e5/r-ab12/*")"},
                             About{"IpAddress", "NotIpAddress", "aws:SourceIp", R"("0.0.0.0/1")"},
                             About{"ArnLike", "ArnNotLike", "aws:PrincipalArn", R"("arn:aws:iam::*:role/*")"},
                             About{"StringLike", "StringNotLike", "aws:SourceVpce", R"(["vpce-1","*"])"},
                             About{"Null", "Null", "aws:PrincipalArn", R"("true")"},
                             About{"Null", "Null", "aws:PrincipalArn", R"("false")"}};

/// A document, and what of it counts for strangers: no Allow for somebody in particular, and no exceptions.
struct Documents {
    Json whole = Json::array();
    Json open = Json::array();
};

void add_statement(Maker& maker, DocumentKind kind, Documents& made) {
    const bool allows = !maker.choose().percent(35);
    Json statement = maker.addition(kind, allows ? "Allow" : "Deny")["Statement"];
    Json open = statement;
    bool is_open = true;
    if (maker.choose().percent(60)) {
        const bool is_named = maker.choose().percent(60);
        const About& about = is_named ? maker.choose().pick(somebody) : maker.choose().pick(anybody);
        const bool is_first = maker.choose().percent(70) == allows;
        const char* name = is_first ? about.allow : about.deny;
        statement["Condition"][name][about.key] = Json::parse(about.values);
        const bool is_exception = is_named && !allows && !is_first;
        if (!is_exception) open = statement;
        is_open = !(is_named && allows && is_first);
    }
    made.whole.push_back(std::move(statement));
    if (is_open) made.open.push_back(std::move(open));
}

const std::string stranger = "314159265358";

std::vector<policy::Principal> make_strangers() {
    std::vector<policy::Principal> all;
    all.push_back(naive::caller(PrincipalKind::anonymous, "", ""));
    all.push_back(naive::caller(PrincipalKind::user, "arn:aws:iam::314159265358:user/alice", stranger, "AIDASTRANGER"));
    policy::Principal session = naive::caller(
        PrincipalKind::role_session, "arn:aws:sts::314159265358:assumed-role/dev/s1", stranger, "AROASTRANGER");
    session.role_arn = "arn:aws:iam::314159265358:role/team/dev";
    all.push_back(session);
    all.push_back(naive::caller(PrincipalKind::root, "arn:aws:iam::314159265358:root", stranger, stranger));
    policy::Principal fred = naive::caller(PrincipalKind::federated_user,
                                           "arn:aws:sts::314159265358:federated-user/fred", stranger, "AIDASTRANGER");
    fred.user_arn = "arn:aws:iam::314159265358:user/alice";
    all.push_back(fred);
    return all;
}

/// A request of somebody whom no document names, from where none of them names a place.
Facts request_of_a_stranger() {
    static const std::vector<policy::Principal> strangers = make_strangers();
    Facts facts = random_request();
    const Bytes bytes = random_bytes(8);
    naive::Choices choose(bytes);
    facts.principal = choose.pick(strangers);
    for (const auto& [key, value] : policy::caller_keys(facts.principal))
        facts.context.set(fold_case(key), policy::Values::single(value));
    const auto set = [&](const char* key, const policy::Values& values) {
        if (choose.percent(60)) facts.context.set(key, values);
    };
    set("aws:principalorgid", policy::Values::single("o-ffffffffff"));
    set("aws:principalorgpaths", policy::Values::list({"o-ffffffffff/r-ab12/", "o-ffffffffff/r-ab12/ou-1/"}));
    set("aws:sourceip", policy::Values::single(choose.percent(50) ? "100.1.2.3" : "2001:db9::1"));
    set("aws:sourcevpce", policy::Values::single("vpce-2"));
    return facts;
}

/// Whether the account stands in the text by itself, not within a longer number.
bool names_account(const std::string& text, const std::string& account) {
    const auto is_digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    for (std::size_t at = text.find(account); at != std::string::npos; at = text.find(account, at + 1))
        if ((at == 0 || !is_digit(at - 1)) && !is_digit(at + account.size())) return true;
    return false;
}

TEST(Properties, what_is_for_anybody_is_allowed_to_strangers) {
    Counts counts;
    check_property(1500, 6, [&] {
        const Bytes bytes = random_bytes(600);
        Maker maker(bytes);
        const DocumentKind kind = maker.choose().percent(70) ? DocumentKind::resource : DocumentKind::trust;
        Documents documents;
        for (std::size_t n = 1 + maker.choose().below(5); n > 0; --n) add_statement(maker, kind, documents);
        const std::string text = Json{{"Version", "2012-10-17"}, {"Statement", documents.whole}}.dump();
        const std::string open_text = Json{{"Version", "2012-10-17"}, {"Statement", documents.open}}.dump();
        const auto read = Model::read(text, kind, std::make_shared<VariableNames>());
        if (!std::holds_alternative<Model>(read)) return;
        const auto& whole = std::get<Model>(read);
        const auto names = std::make_shared<VariableNames>();
        const auto read_open = Model::read(open_text, kind, names);
        const bool is_empty = documents.open.empty();
        RC_ASSERT(is_empty || std::holds_alternative<Model>(read_open));
        const Model open = is_empty ? Model::nothing(kind, names) : std::get<Model>(read_open);

        const Checked checked = check_public(whole).front();
        ++(checked.answer == Answer::never ? counts.none : checked.answer == Answer::can ? counts.found : counts.doubt);
        if (checked.answer == Answer::can) {
            const policy::Principal& caller = checked.witness.principal;
            if (caller.kind != PrincipalKind::anonymous && names_account(text, caller.account))
                RC_FAIL(caller.account + " is named: " + text);
            RC_ASSERT(caller.unique_id.empty() || text.find(caller.unique_id) == std::string::npos);
            RC_ASSERT(checked.witness.ask(whole) == TypeVerdict::allow);
            RC_ASSERT(checked.witness.ask(open) == TypeVerdict::allow);
        }
        for (std::size_t i = 0; i < requests_of_a_case; ++i) {
            const Facts facts = request_of_a_stranger();
            if (open.judge(facts.request()) != TypeVerdict::allow) continue;
            ++counts.allowed;
            if (checked.answer == Answer::never)
                RC_FAIL("allowed: " + text + "\n" + facts.action + " on " + facts.resource + " by " +
                        facts.principal.arn);
        }
    });
    expect_most_were_told(counts);
}

}  // namespace
}  // namespace iamlocal::analysis
