#include "iam/shapes.hpp"

#include "unit/api/shape_cases.hpp"

namespace iamlocal::iam::shape {
namespace {

const ShapeCase cases[] = {
    {"user_name", &user_name, {"bob", "Bob_1", "a+b=c,d.e@f-g"}, {"", "two words", "a/b", "a:b", "Jürgen", "a\nb"}},
    {"path", &path, {"/", "/a/", "/a/b/", "/!/", "/a//b/"}, {"", "a", "/a", "a/", "//", "/a b/", "/ä/"}},
    {"path_prefix", &path_prefix, {"/", "/a", "/a/", "//", "/a\x7f"}, {"", "a", "/a b", "/ä"}},
    {"policy_path", &policy_path, {"/", "/a/", "/a/b_c/"}, {"", "a", "/a", "//", "/a//b/", "/a*/", "/a b/"}},
    {"policy_document", &policy_document, {"{}", " \t\r\n", "ÿ"}, {"", "\x01", "Ā", "€"}},
    {"role_description", &role_description, {"", "Says.\n", "ÿ"}, {"\x7f", "\xc2\xa0", "€"}},
    {"policy_version_id",
     &policy_version_id,
     {"v1", "v10", "v1.", "v1.a-B9"},
     {"", "v", "1", "v0", "v01", "v1a", "v1._"}},
    {"access_key_id", &access_key_id, {"AKIAIOSFODNN7EXAMPLE"}, {"", "AKIA-IOSFODNN7EXAMPLE", "AKIA IOSFODNN7EXA"}},
    {"service_namespace", &service_namespace, {"", "s3", "a-b_C"}, {"s3:*", "a b", "é"}},
    {"single_service_namespace", &single_service_namespace, {"", "s3", "a-b_C"}, {"s3:*", "a b", "é"}},
    {"organizations_entity_path",
     &organizations_entity_path,
     {"o-exampleorgid/r-abcd", "o-exampleorgid/r-abcd/ou-abcd-1/", "o-exampleorgid/r-abcd-/"},
     {"", "o-exampleorgid", "o-short/r-abcd", "o-exampleorgid/r-abc", "o-exampleorgid/x-abcd",
      "o-exampleorgid/r-abcd/A"}},
    {"organizations_policy_id",
     &organizations_policy_id,
     {"p-12345678", "p-FullAWSAccess", "p-a_b_c_d_e"},
     {"", "p-1234567", "q-12345678", "p-1234567!"}},
    {"account_alias", &account_alias, {"abc", "a-b", "a1b2"}, {"", "ab", "-ab", "ab-", "a--b", "Abc", "a_b"}},
};

TEST(IamShapes, MatchWhatTheirPatternsMatch) { check_shapes(cases); }

}  // namespace
}  // namespace iamlocal::iam::shape
