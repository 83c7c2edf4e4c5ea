// What the simulator adds to decide(): the shape of its results. The cases are AWS's own examples where there are some
// ("SimulateCustomPolicy", "SimulatePrincipalPolicy" in the API reference).
#include "policy/simulator.hpp"

#include <gmock/gmock.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string text_of(Outcome outcome) {
    return outcome == Outcome::allowed ? "allowed" : outcome == Outcome::explicit_deny ? "denied" : "refused";
}

std::string text_of(const std::vector<MatchedStatement>& matched) {
    std::string text = " by";
    for (const MatchedStatement& one : matched)
        text.append(" ").append(one.source->name).append(".").append(std::to_string(one.statement));
    return matched.empty() ? "" : text;
}

std::string text_of(const DecisionDetails& details) {
    std::string text = " details";
    for (const auto& [type, outcome] : details)
        text.append(type == PolicyType::identity   ? " I="
                    : type == PolicyType::resource ? " R="
                                                   : " B=")
            .append(text_of(outcome));
    return text;
}

std::string text_of(const char* name, std::optional<bool> flag) {
    return flag ? std::string(" ") + name + (*flag ? "+" : "-") : "";
}

/// One line per result: of the action, then of each resource.
std::string text_of(const ActionResult& result) {
    std::string text = text_of(result.outcome) + text_of(result.matched) +
                       text_of("boundary", result.allowed_by_boundary) +
                       text_of("organizations", result.allowed_by_organizations);
    if (result.details) text += text_of(*result.details);
    for (const ResourceResult& one : result.resources) {
        text += "\n" + std::string(one.resource) + " " + text_of(one.outcome) + text_of(one.matched) +
                text_of("boundary", one.allowed_by_boundary);
        if (!one.details.empty()) text += text_of(one.details);
    }
    return text;
}

std::string document_of(std::string_view statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + std::string(statements) + "]}";
}

std::string statement(std::string_view effect, std::string_view action, std::string_view resource,
                      std::string_view more = "") {
    return R"({"Effect":")" + std::string(effect) + R"(","Action":")" + std::string(action) + R"(","Resource":")" +
           std::string(resource) + "\"" + std::string(more) + "}";
}

constexpr std::string_view names_alice = R"(,"Principal":{"AWS":"arn:aws:iam::111111111111:user/alice"})";

struct Case {
    const char* what;
    std::vector<std::string> resources;
    std::string identity;
    std::string boundary;         ///< empty: none
    std::string resource_policy;  ///< empty: none
    std::string scp;              ///< empty: no organization
    const char* owner;            ///< nullptr: not asked
    const char* expected;
};

class SimulatorTest : public testing::Test {
  protected:
    void prepare(const Case& c) {
        identity_ = parsed(document_of(c.identity));
        identity_list_ = {{&identity_, "I", {}}};
        simulation_.policies.identity = identity_list_;
        if (!c.boundary.empty()) {
            boundary_ = parsed(document_of(c.boundary), DocumentKind::boundary);
            boundary_list_ = {{&boundary_, "B", {}}};
            simulation_.policies.boundary = boundary_list_;
        }
        if (!c.resource_policy.empty()) {
            resource_ = parsed(document_of(c.resource_policy), DocumentKind::resource);
            resource_list_ = {{&resource_, "R", {}}};
            simulation_.policies.resource = resource_list_;
        }
        if (!c.scp.empty()) {
            scp_ = parsed(document_of(c.scp), DocumentKind::scp);
            scp_list_ = {{&scp_, "S", {}}};
            levels_ = {scp_list_};
            simulation_.policies.scp = levels_;
        }
        simulation_.principal = &caller_;
        simulation_.context = &context_;
        resources_ = c.resources;
        simulation_.resources = resources_;
        if (c.owner) simulation_.owner = c.owner;
    }

    Principal caller_ = alice();
    MapContext context_;
    Policy identity_, boundary_, resource_, scp_;
    std::vector<SourcedPolicy> identity_list_, boundary_list_, resource_list_, scp_list_;
    std::vector<Policies> levels_;
    std::vector<std::string> resources_;
    Simulation simulation_;
};

const std::string object = "arn:aws:s3:::b/x";
const std::string queue = "arn:aws:sqs:us-east-1:222222222222:q";
const std::string iam_only = statement("Allow", "iam:*", "*");
const std::string s3_too = statement("Allow", "iam:*", "*") + "," + statement("Allow", "s3:*", "*");
const std::string granted_by_bucket = statement("Allow", "s3:Put*", "arn:aws:s3:::b/*", names_alice);

const Case cases[] = {
    {"no resource: neither details nor results per resource", {"*"}, s3_too, "", "", "", nullptr, "allowed by I.1"},
    {"a resource's pattern does not cover *",
     {"*"},
     statement("Allow", "s3:*", "arn:aws:s3:::b/*"),
     "",
     "",
     "",
     nullptr,
     "refused"},
    {"one resource", {object}, s3_too, "", "", "", nullptr, "allowed by I.1 details\narn:aws:s3:::b/x allowed by I.1"},
    {"a deny is named alone",
     {object},
     s3_too + "," + statement("Deny", "s3:Put*", "*"),
     "",
     "",
     "",
     nullptr,
     "denied by I.2 details\narn:aws:s3:::b/x denied by I.2"},
    {"AWS's first same-account example: the bucket's grant is exempt from the boundary",
     {object},
     iam_only,
     iam_only,
     granted_by_bucket,
     "",
     "111111111111",
     "allowed by R.0 boundary- details\narn:aws:s3:::b/x allowed by R.0 boundary-"},
    {"AWS's second: a boundary's Allow is not named",
     {object},
     s3_too,
     s3_too,
     "",
     "",
     nullptr,
     "allowed by I.1 boundary+ details\narn:aws:s3:::b/x allowed by I.1 boundary+"},
    {"AWS's cross-account example: the sides, and what one of them allows with the resource",
     {object},
     iam_only,
     iam_only,
     granted_by_bucket,
     "",
     "222222222222",
     "refused boundary- details I=refused R=allowed B=refused\n"
     "arn:aws:s3:::b/x refused by R.0 boundary- details I=refused R=allowed B=refused"},
    {"across accounts both sides allow",
     {object},
     s3_too,
     "",
     granted_by_bucket,
     "",
     "222222222222",
     "allowed by I.1 R.0 details I=allowed R=allowed\n"
     "arn:aws:s3:::b/x allowed by I.1 R.0 details I=allowed R=allowed"},
    {"across accounts without resource policy only one side speaks",
     {object},
     s3_too,
     "",
     "",
     "",
     "222222222222",
     "refused details I=allowed\narn:aws:s3:::b/x refused by I.1 details I=allowed"},
    {"an ARN's account counts before the owner's",
     {queue},
     statement("Allow", "s3:*", "*"),
     "",
     statement("Allow", "s3:*", "arn:aws:sqs:*:*:q", names_alice),
     "",
     "111111111111",
     "allowed by I.0 R.0 details I=allowed R=allowed\n"
     "arn:aws:sqs:us-east-1:222222222222:q allowed by I.0 R.0 details I=allowed R=allowed"},
    {"nobody asks for the owner: the caller's side alone",
     {queue},
     statement("Allow", "s3:*", "*"),
     "",
     "",
     "",
     nullptr,
     "allowed by I.0 details\narn:aws:sqs:us-east-1:222222222222:q allowed by I.0"},
    {"a boundary that allows nothing", {"*"}, s3_too, iam_only, "", "", nullptr, "refused boundary-"},
    {"a boundary's deny is named",
     {"*"},
     s3_too,
     statement("Deny", "s3:*", "*"),
     "",
     "",
     nullptr,
     "denied by B.0 boundary-"},
    {"several resources: the strictest decision, all statements",
     {object, "arn:aws:s3:::b/y", "*"},
     statement("Allow", "s3:*", "arn:aws:s3:::b/*") + "," + statement("Deny", "s3:*", "arn:aws:s3:::b/y"),
     "",
     "",
     "",
     nullptr,
     "denied by I.0 I.1 details\narn:aws:s3:::b/x allowed by I.0\narn:aws:s3:::b/y denied by I.1\n* refused"},
    {"several resources, all allowed",
     {object, "arn:aws:s3:::b/y"},
     s3_too,
     "",
     "",
     "",
     nullptr,
     "allowed by I.1 details\narn:aws:s3:::b/x allowed by I.1\narn:aws:s3:::b/y allowed by I.1"},
    {"several resources: one is not in the boundary",
     {object, "arn:aws:s3:::c/y"},
     s3_too,
     statement("Allow", "s3:*", "arn:aws:s3:::b/*"),
     "",
     "",
     nullptr,
     "refused by I.1 boundary- details\narn:aws:s3:::b/x allowed by I.1 boundary+\narn:aws:s3:::c/y refused boundary-"},
    {"several resources of two accounts: the strictest of each side",
     {object, queue},
     s3_too,
     "",
     granted_by_bucket,
     "",
     "333333333333",
     "refused by I.1 R.0 details I=allowed R=refused\n"
     "arn:aws:s3:::b/x allowed by I.1 R.0 details I=allowed R=allowed\n"
     "arn:aws:sqs:us-east-1:222222222222:q refused by I.1 details I=allowed R=refused"},
    {"an SCP that allows changes nothing but says so",
     {object},
     s3_too,
     "",
     "",
     statement("Allow", "*", "*"),
     nullptr,
     "allowed by I.1 organizations+ details\narn:aws:s3:::b/x allowed by I.1"},
    {"an SCP that does not allow ends the simulation",
     {object},
     s3_too,
     "",
     "",
     iam_only,
     nullptr,
     "refused organizations-"},
    {"an SCP that denies ends it the same way, as an implicit deny",
     {object},
     s3_too,
     "",
     granted_by_bucket,
     statement("Allow", "*", "*") + "," + statement("Deny", "s3:*", "*"),
     "222222222222",
     "refused organizations-"},
    {"several resources: SCPs refuse one, and say nothing more about it",
     {object, "arn:aws:s3:::c/y"},
     s3_too + "," + statement("Deny", "s3:*", "arn:aws:s3:::c/*"),
     "",
     granted_by_bucket,
     statement("Allow", "*", "*") + "," + statement("Deny", "s3:*", "arn:aws:s3:::c/*"),
     "222222222222",
     "refused by I.1 R.0 organizations- details I=allowed R=allowed\n"
     "arn:aws:s3:::b/x allowed by I.1 R.0 details I=allowed R=allowed\narn:aws:s3:::c/y refused"},
    {"several resources: SCPs refuse all",
     {object, "arn:aws:s3:::c/y"},
     s3_too,
     "",
     "",
     iam_only,
     nullptr,
     "refused organizations-"},
};

class SimulatorCases : public SimulatorTest, public testing::WithParamInterface<Case> {};

TEST_P(SimulatorCases, HaveTheShapeOfTheApi) {
    SCOPED_TRACE(GetParam().what);
    prepare(GetParam());
    const ActionResult result = simulate(simulation_, "s3:PutObject");
    EXPECT_EQ(result.action, "s3:PutObject");
    EXPECT_EQ(text_of(result), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Simulator, SimulatorCases, testing::ValuesIn(cases));

const std::string asking = R"(,"Condition":{"StringLike":{"s3:Prefix":"${aws:username}/*","aws:SourceVpc":"v"}})";

TEST_F(SimulatorTest, MissingKeysAreThoseThatKeptStatementsFromApplying) {
    const auto missing = [&] { return simulate(simulation_, "s3:PutObject").missing_keys; };
    const std::string boundary_asks = R"(,"Condition":{"Bool":{"S3:PREFIX":"true","aws:SecureTransport":"true"}})";
    prepare(
        {"",
         {"*"},
         statement("Allow", "s3:*", "*", asking) + "," + statement("Allow", "s3:*", "arn:aws:s3:::${aws:userid}"),
         statement("Allow", "s3:*", "*", boundary_asks),
         statement("Deny", "s3:*", "*", std::string(names_alice) + R"(,"Condition":{"Null":{"aws:tokenAge":"false"}})"),
         statement("Allow", "*", "*") + "," +
             statement("Deny", "*", "*", R"(,"Condition":{"Bool":{"aws:ViaAWSService":"true"}})"),
         nullptr,
         ""});
    EXPECT_THAT(missing(), ElementsAre("s3:Prefix", "aws:username", "aws:SourceVpc", "aws:userid",
                                       "aws:SecureTransport", "aws:tokenAge"));
    context_ = context_of({{"AWS:UserName", "bob"}, {"s3:prefix", "p"}, {"aws:tokenage", "1"}, {"aws:userid", ""}});
    EXPECT_THAT(missing(), ElementsAre("aws:SourceVpc", "aws:SecureTransport"));
    context_ = context_of({{"aws:username", ""}, {"s3:prefix", ""}, {"aws:tokenage", ""}, {"aws:sourcevpc", ""}});
    context_.set("aws:SecureTransport", Values::list({}));
    context_.set("aws:userid", "x");
    EXPECT_THAT(missing(), IsEmpty()) << "an empty value is a value";
    simulation_.assumed_key = "aws:sourcevpc";
    EXPECT_THAT(missing(), ElementsAre("aws:SourceVpc")) << "there, but nobody supplied it";
}

TEST_F(SimulatorTest, AResourceThatTheActionCannotHaveIsRefused) {
    prepare({"", {object, queue}, statement("Allow", "*", "*"), "", "", "", nullptr, ""});
    const ActionResult result = simulate(simulation_, "s3:PutObject", {true, false});
    EXPECT_EQ(text_of(result), "refused by I.0 details\narn:aws:s3:::b/x allowed by I.0\n" + queue + " refused");
}

TEST_F(SimulatorTest, AnAttachedBoundaryIsShownBesideAResourcePolicy) {
    prepare({"", {object}, s3_too, statement("Allow", "s3:*", "*"), granted_by_bucket, "", nullptr, ""});
    simulation_.boundary_is_attached = true;
    EXPECT_EQ(text_of(simulate(simulation_, "s3:PutObject").matched), " by I.1 B.0 R.0");
    simulation_.policies.resource.reset();
    EXPECT_EQ(text_of(simulate(simulation_, "s3:PutObject").matched), " by I.1");
}

}  // namespace
}  // namespace iamlocal::policy
