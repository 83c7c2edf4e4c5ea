#include "sts/shapes.hpp"

#include "unit/api/shape_cases.hpp"

namespace iamlocal::sts::shape {
namespace {

const ShapeCase cases[] = {
    {"role_session_name", &role_session_name, {"ab", "a@b=c,d.e-f+g_h"}, {"a:b", "a b", "a/b"}},
    {"external_id", &external_id, {"ab", "a:b/c"}, {"a b", "a*b", "a#b"}},
    {"token_code", &token_code, {"123456"}, {"12345a", "12 456"}},
    {"session_policy", &session_policy, {"{}", "\t"}, {"", "\x02"}},
};

TEST(StsShapes, MatchWhatTheirPatternsMatch) { check_shapes(cases); }

}  // namespace
}  // namespace iamlocal::sts::shape
