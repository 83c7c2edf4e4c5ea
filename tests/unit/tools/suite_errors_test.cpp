// What is wrong with a suite is told with its place, and nothing in a file ends in another way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/suite.hpp"
#include "tools/yaml.hpp"

namespace iamlocal::tools {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The complaint about a suite; empty if there is none.
std::string complaint(const std::string& text) {
    DocumentShelf shelf;
    try {
        (void)parse_suite(text, "suite.yaml", shelf);
        return {};
    } catch (const InputError& error) {
        return error.what();
    }
}

constexpr const char* policies = R"(policies:
  get: [{Sid: Get, Effect: Allow, Action: "s3:GetObject", Resource: "*"}]
principals:
  alice: arn:aws:iam::000000000000:user/alice
groups:
  staff: get
)";

TEST(SuiteErrors, HaveAPlace) {
    struct Row {
        const char* name;
        std::string text;
        std::string said;
    };
    const std::string good = "cases: [{name: a, when: {action: s3:GetObject}, expect: denied}]\n";
    const auto one_case = [](const std::string& fields) {
        return std::string(policies) + "cases:\n  - " + fields + "\n";
    };
    const Row rows[] = {
        {"nothing at all", "", "suite.yaml: is empty"},
        {"an empty document", "---\n", "suite.yaml:2:1: a suite must be a map"},
        {"not YAML", "cases: [", "suite.yaml:1:1: end of sequence flow not found"},
        {"a tab", "cases:\n\t- a\n", "suite.yaml:2:2: illegal block entry"},
        {"not UTF-8", "cases: \xff\n", "suite.yaml: is not UTF-8"},
        {"an alias to nothing", "cases: *none\n", "suite.yaml:1:8: "},
        {"two documents", good + "---\ncases: []\n", "suite.yaml:3:1: a file holds one YAML document"},
        {"a list", "- a\n", "suite.yaml:1:1: a suite must be a map"},
        {"an unknown key", good + "polices: {}\n",
         "suite.yaml:2:1: a suite has no key 'polices'; known are parameters, policies, groups, principals, cases, "
         "allowUnknownNames"},
        {"a key twice", good + "cases: []\n", "suite.yaml:2:1: the key 'cases' stands here twice"},
        {"a key that is a list", "[a]: b\n", "suite.yaml:1:1: a key must be a plain text"},
        {"no cases", "policies: {}\n", "suite.yaml:1:1: a suite needs the key 'cases'"},
        {"empty cases", "cases: []\n", "suite.yaml:1:8: a suite without cases tests nothing"},
        {"cases is a text", "cases: all\n", "suite.yaml:1:8: cases must be a list"},
        {"a case without name", one_case("{when: {action: s3:GetObject}, expect: denied}"),
         "suite.yaml:8:5: a case needs the key 'name'"},
        {"a case without question", one_case("{name: a, expect: denied}"),
         "suite.yaml:8:5: a case needs the key 'when'"},
        {"a case without expectation", one_case("{name: a, when: {action: s3:GetObject}}"),
         "suite.yaml:8:5: a case needs the key 'expect'"},
        {"an unknown key of a case", one_case("{name: a, then: b}"), "suite.yaml:8:15: a case has no key 'then'"},
        {"an unknown key of when", one_case("{name: a, when: {actions: b}}"),
         "suite.yaml:8:22: when has no key 'actions'"},
        {"no action", one_case("{name: a, when: {action: []}, expect: denied}"), "suite.yaml:8:21: asks nothing"},
        {"a wildcard", one_case("{name: a, when: {action: 's3:*'}, expect: denied}"),
         "suite.yaml:8:30: 's3:*' is not an action"},
        {"a context key in two cases",
         one_case(
             "{name: a, when: {action: s3:GetObject, context: {s3:x-amz-acl: x, S3:x-amz-acl: y}}, expect: denied}"),
         "suite.yaml:8:71: the context key 'S3:x-amz-acl' stands here twice"},
        {"half an action", one_case("{name: a, when: {action: 's3:'}, expect: denied}"),
         "suite.yaml:8:30: 's3:' is not an action"},
        {"an action of three parts", one_case("{name: a, when: {action: 'a:b:c'}, expect: denied}"),
         "suite.yaml:8:30: 'a:b:c' is not an action"},
        {"a resource that is no ARN",
         one_case("{name: a, when: {action: s3:GetObject, resource: foo}, expect: denied}"),
         "suite.yaml:8:54: 'foo' is no ARN"},
        {"an action that AWS does not have", one_case("{name: a, when: {action: s3:DeletObject}, expect: denied}"),
         "suite.yaml:8:30: The action 's3:DeletObject' does not exist. Did you mean s3:DeleteObject? "
         "(allowUnknownNames: true lets such names pass.)"},
        {"a service that AWS does not have", one_case("{name: a, when: {action: s33:PutObject}, expect: denied}"),
         "suite.yaml:8:30: The service 's33' of the action"},
        {"a condition key that AWS does not have",
         one_case("{name: a, when: {action: s3:GetObject, context: {aws:SourceIpp: x}}, expect: denied}"),
         "suite.yaml:8:54: The condition key 'aws:SourceIpp' does not exist. Did you mean aws:SourceIp?"},
        {"a resource of a service that AWS does not have",
         one_case("{name: a, when: {action: s3:GetObject, resource: 'arn:aws:s33:::b'}, expect: denied}"),
         "suite.yaml:8:54: The service 's33' of the resource"},
        {"names that are neither allowed nor refused", "allowUnknownNames: perhaps\n" + good,
         "suite.yaml:1:20: allowUnknownNames is true or false"},
        {"an empty action", one_case("{name: a, when: {action: ''}, expect: denied}"),
         "suite.yaml:8:30: an action must not be empty"},
        {"an action that is a map", one_case("{name: a, when: {action: {b: c}}, expect: denied}"),
         "suite.yaml:8:30: an action must be a text"},
        {"a key without value",
         one_case("{name: a, when: {action: s3:GetObject, context: {s3:prefix: }}, expect: denied}"),
         "suite.yaml:8:65: the value of a context key must be a text"},
        {"a wrong account", one_case("{name: a, when: {action: s3:GetObject, resourceAccount: 12}, expect: denied}"),
         "suite.yaml:8:61: resourceAccount must be twelve digits"},
        {"an unknown decision", one_case("{name: a, when: {action: s3:GetObject}, expect: no}"),
         "suite.yaml:8:53: 'no' is not allowed, denied, explicitDeny or implicitDeny"},
        {"an unknown policy",
         one_case("{name: a, given: {policies: [put]}, when: {action: s3:GetObject}, expect: denied}"),
         "suite.yaml:8:34: no policy is called 'put'"},
        {"an unknown group",
         one_case("{name: a, given: {groups: [all]}, when: {action: s3:GetObject}, expect: denied}"),
         "suite.yaml:8:32: no group is called 'all'"},
        {"an unknown principal",
         one_case("{name: a, given: {principal: bob}, when: {action: s3:GetObject}, expect: denied}"),
         "suite.yaml:8:34: no principal is called 'bob', and it is no ARN of one"},
        {"two policies of a resource",
         one_case("{name: a, given: {trust: [], resourcePolicy: []}, when: {action: s3:GetObject}, expect: denied}"),
         "suite.yaml:8:22: resourcePolicy and trust exclude each other"},
        {"two boundaries",
         one_case("{name: a, given: {boundary: [get, get]}, when: {action: s3:GetObject}, expect: denied}"),
         "suite.yaml:8:22: there is only one permissions boundary"},
        {"a document that is no trust policy",
         one_case("{name: a, given: {trust: get}, when: {action: s3:GetObject}, expect: denied}"), "suite.yaml:2:"},
        {"a statement of an implicit deny",
         one_case("{name: a, when: {action: s3:GetObject}, expect: {decision: implicitDeny, statement: Get}}"),
         "suite.yaml:8:53: no statement decides an implicitDeny"},
        {"a reason of an allowed request",
         one_case("{name: a, when: {action: s3:GetObject}, expect: {decision: allowed, reason: because}}"),
         "suite.yaml:8:53: only a denial has a reason"},
        {"an unknown type",
         one_case("{name: a, when: {action: s3:GetObject}, expect: {decision: allowed, decidedBy: me}}"),
         "suite.yaml:8:84: 'me' is no type of policy"},
        {"a policy that is expected and unknown",
         one_case("{name: a, when: {action: s3:GetObject}, expect: {decision: allowed, policy: put}}"),
         "suite.yaml:8:81: no policy is called 'put'"},
        {"a file that is not there", "policies: {a: nowhere.json}\n" + good,
         "suite.yaml:1:15: nowhere.json: cannot be opened"},
        {"a policy that is null", "policies: {a: }\n" + good, "suite.yaml:1:15: a policy is a file"},
        {"an unknown element, in a policy nobody uses",
         "policies:\n  a:\n    - Effect: Allow\n      Acton: x\n      Resource: \"*\"\n" + good,
         "suite.yaml:4:15: Syntax errors in policy."},
        {"a document of a Version that does not exist",
         "policies:\n  a: {Version: '2013-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}\n" + good,
         "suite.yaml:2:17: Syntax errors in policy."},
        {"a principal that is none", "principals: {a: bob}\n" + good, "suite.yaml:1:17: 'bob' is no user"},
        {"a principal without ARN", "principals: {a: {tags: {}}}\n" + good,
         "suite.yaml:1:17: a principal needs the key 'arn'"},
        {"a role that is not the session's",
         "principals: {a: {arn: 'arn:aws:sts::000000000000:assumed-role/r/s', roleArn: "
         "'arn:aws:iam::000000000000:role/q'}}\n" +
             good,
         "suite.yaml:1:23: 'arn:aws:iam::000000000000:role/q' is not the role of"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.name) + "\n" + row.text);
        EXPECT_THAT(complaint(row.text), StartsWith(row.said));
    }
    EXPECT_EQ(complaint(good), "");
}

TEST(SuiteErrors, UnknownNamesMayBeAllowed) {
    const std::string text = "cases: [{name: a, when: {action: app:Frob, context: {app:key: x}}, expect: denied}]\n";
    EXPECT_THAT(complaint(text), HasSubstr("The service 'app' of the action 'app:Frob' does not exist."));
    EXPECT_EQ(complaint("allowUnknownNames: true\n" + text), "");
    EXPECT_THAT(complaint("allowUnknownNames: false\n" + text), HasSubstr("does not exist"));
    DocumentShelf shelf;
    EXPECT_EQ(parse_suite(text, "suite.yaml", shelf, Names::any).cases.size(), 1U);
}

/// Each level stands for nine of the one below.
std::string bomb(std::size_t levels) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (std::size_t i = 1; i < levels; ++i) {
        const std::string below = "*a" + std::to_string(i - 1);
        text.append("a" + std::to_string(i) + ": &a" + std::to_string(i) + " [");
        for (int copy = 0; copy < 9; ++copy) text.append(copy == 0 ? "" : ", ").append(below);
        text.append("]\n");
    }
    return text;
}

TEST(SuiteErrors, BoundsHold) {
    EXPECT_THAT(complaint(bomb(9)), HasSubstr("has more than 200000 values"));
    EXPECT_THAT(complaint("cases: &a [*a]\n"), HasSubstr("is nested more than 64 deep"));
    EXPECT_THAT(complaint("a: " + std::string(100, '[') + std::string(100, ']')), HasSubstr("is nested more than 64"));
    EXPECT_THAT(complaint(std::string(100'000, '[')), HasSubstr("is nested more than 64 deep"));
    EXPECT_THAT(complaint(std::string(100'000, '{')), HasSubstr("is nested more than 64 deep"));
    EXPECT_THAT(complaint(std::string(yaml::most_bytes + 1, ' ')), HasSubstr("has more than"));
    std::string many = "cases: [{name: a, when: {action: s3:GetObject}, expect: denied}]\npolicies:\n";
    for (int i = 0; i < 15'000; ++i)
        many.append("  p" + std::to_string(i) + ": [{Effect: Deny, Action: '*', Resource: '*'}]\n");
    EXPECT_THAT(complaint(many), HasSubstr("so many policies"));
    std::string actions = "s3:GetObject";
    std::string resources = "'*'";
    for (int i = 0; i < 400; ++i) {
        actions.append(", s3:GetObject");
        resources.append(", '*'");
    }
    EXPECT_THAT(complaint("cases: [{name: a, when: {action: [" + actions + "], resource: [" + resources +
                          "]}, expect: denied}]\n"),
                HasSubstr("no more than 100000 questions"));
}

TEST(SuiteErrors, NothingElseIsThrown) {
    const std::string text =
        std::string(policies) +
        "cases:\n  - name: a\n    given: {policies: [get], principal: alice, scp: [[get], get]}\n"
        "    when: {action: s3:GetObject, resource: &r ['*', '*'], context: {aws:TagKeys: [x, 1]}}\n"
        "    expect: {decision: allowed, statement: Get}\n";
    ASSERT_EQ(complaint(text), "");
    std::size_t refused = 0;
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        SCOPED_TRACE(cut);
        for (const char byte : {'\0', ':', '[', '}', '&', '*', '\n', '\x80', '!', '|'}) {
            std::string changed = text;
            changed[cut] = byte;
            if (!complaint(changed).empty()) ++refused;
        }
        (void)complaint(text.substr(0, cut));
    }
    EXPECT_GT(refused, text.size());
}

}  // namespace
}  // namespace iamlocal::tools
