#include "api/shapes.hpp"

#include "unit/api/shape_cases.hpp"

namespace iamlocal::shape {
namespace {

const ShapeCase cases[] = {
    {"tag_key", &tag_key, {"k", "a b", "ключ", "a_.:/=+-@", "²"}, {"", "a*b", "a,b", "a\tb", "a(b)"}},
    {"tag_value", &tag_value, {"", "v", "é 1"}, {"a*b", "a;b", "€"}},
    {"marker", &marker, {"x", "ÿ"}, {"", "a\nb", "Ā"}},
};

TEST(Shapes, MatchWhatTheirPatternsMatch) { check_shapes(cases); }

}  // namespace
}  // namespace iamlocal::shape
