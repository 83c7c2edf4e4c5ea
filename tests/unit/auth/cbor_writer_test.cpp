#include "auth/cbor_writer.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::auth {
namespace {

using Json = nlohmann::ordered_json;

/// What the library writes for the same value.
std::string written(const Json& value) {
    std::string out;
    Json::to_cbor(value, out);
    return out;
}

TEST(CborWriter, WritesIntegersAsTheLibraryDoes) {
    using Limits = std::numeric_limits<std::int64_t>;
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{23}, std::int64_t{24}, std::int64_t{255}, std::int64_t{256},
          std::int64_t{65'535}, std::int64_t{65'536}, std::int64_t{4'294'967'295}, std::int64_t{4'294'967'296},
          Limits::max(), std::int64_t{-1}, std::int64_t{-24}, std::int64_t{-25}, std::int64_t{-256}, std::int64_t{-257},
          Limits::min()}) {
        CborWriter out;
        out.integer(value);
        EXPECT_EQ(out.str(), written(value)) << value;
    }
}

TEST(CborWriter, WritesTextsOfEveryLength) {
    for (const std::size_t size : {0U, 1U, 23U, 24U, 255U, 256U, 65'535U, 65'536U}) {
        const std::string text(size, 'x');
        CborWriter out;
        out.text(text);
        EXPECT_EQ(out.str(), written(text)) << size;
    }
}

TEST(CborWriter, WritesWhatIsWithinOthers) {
    CborWriter out;
    out.begin_map(3);
    out.text("yes");
    out.boolean(true);
    out.text("no");
    out.boolean(false);
    out.text("list");
    out.begin_array(30);
    for (int i = 0; i < 30; ++i) out.integer(i);
    Json list = Json::array();
    for (int i = 0; i < 30; ++i) list.push_back(i);
    EXPECT_EQ(out.str(), written({{"yes", true}, {"no", false}, {"list", list}}));
}

}  // namespace
}  // namespace iamlocal::auth
