#include "federation/published_json.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace iamlocal::federation {
namespace {

using nlohmann::json;

/// Reads along, keeps nothing, and ends the reading where there is too much.
class Measure final : public nlohmann::json_sax<json> {
  public:
    bool null() override { return count(); }
    bool boolean(bool) override { return count(); }
    bool number_integer(number_integer_t) override { return count(); }
    bool number_unsigned(number_unsigned_t) override { return count(); }
    bool number_float(number_float_t, const string_t&) override { return count(); }
    bool string(string_t&) override { return count(); }
    bool binary(binary_t&) override { return count(); }
    bool key(string_t&) override { return count(); }
    bool start_object(std::size_t) override { return begin(); }
    bool start_array(std::size_t) override { return begin(); }
    bool end_object() override { return end(); }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

  private:
    static constexpr int most_values = 20000;
    static constexpr int most_levels = 16;

    bool count() { return ++values_ <= most_values; }
    bool begin() { return ++levels_ <= most_levels && count(); }
    bool end() {
        --levels_;
        return true;
    }

    int values_ = 0;
    int levels_ = 0;
};

}  // namespace

std::optional<json> parse_published_json(std::string_view text) {
    // The reader takes a NUL for the end.
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    Measure measure;
    if (!json::sax_parse(text, &measure)) return std::nullopt;
    json value = json::parse(text, nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

}  // namespace iamlocal::federation
