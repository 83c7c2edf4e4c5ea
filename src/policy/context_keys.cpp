#include "policy/context_keys.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>
#include <variant>

#include "policy/condition.hpp"
#include "policy/json.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"

namespace iamlocal::policy {
namespace {

using json::Type;
using json::Value;

constexpr std::array<std::string_view, 9> statement_elements{
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};

bool is_known(std::string_view element) {
    return std::find(statement_elements.begin(), statement_elements.end(), element) != statement_elements.end();
}

class Reader {
  public:
    bool read(const Value& document) {
        if (!document.is(Type::object)) return false;
        const Value* version = document.find("Version");
        if (version && !version->is(Type::string)) return false;
        if (version && version->text != "2012-10-17" && version->text != "2008-10-17") return false;
        has_variables_ = version && version->text == "2012-10-17";
        return std::all_of(document.items.begin(), document.items.end(), [&](const Value& value) {
            return value.key == "Statement" ? read_statements(value) : value.key == "Version" || value.key == "Id";
        });
    }

    std::vector<std::string> take() && { return std::move(keys_); }

  private:
    bool read_statements(const Value& value) {
        const auto values = values_of(value);
        return std::all_of(values.begin(), values.end(), [&](const Value& one) { return read_statement(one); });
    }

    bool read_statement(const Value& statement) {
        if (!statement.is(Type::object)) return false;
        const Value* effect = statement.find("Effect");
        if (!effect || !effect->is(Type::string)) return false;
        return std::all_of(statement.items.begin(), statement.items.end(), [&](const Value& value) {
            if (value.key == "Resource" || value.key == "NotResource") read_variables(value);
            return value.key == "Condition" ? read_condition(value) : is_known(value.key);
        });
    }

    bool read_condition(const Value& condition) {
        if (!condition.is(Type::object)) return false;
        for (const Value& keys : condition.items) {
            if (!parse_operator(keys.key) || !keys.is(Type::object)) return false;
            for (const Value& values : keys.items) {
                add(values.key);
                read_variables(values);
            }
        }
        return true;
    }

    void read_variables(const Value& value) {
        if (!has_variables_) return;
        for (const Value& one : values_of(value))
            if (one.is(Type::string)) read_variables(one.text);
    }

    /// `${key}` and `${key, 'default'}`; a default may itself have braces. Each search goes on where the last one
    /// ended, and none is repeated that found nothing.
    void read_variables(std::string_view text) {
        constexpr std::size_t none = std::string_view::npos;
        bool has_quoted_end = true;
        std::size_t end = 0;
        for (std::size_t at = text.find("${"); at != none; at = text.find("${", end)) {
            at += 2;
            end = text.find('}', at);
            if (end == none) return;
            const std::string_view content = text.substr(at, end - at);
            const std::size_t quote = content.find(", '");
            if (quote != none && has_quoted_end) {
                const std::size_t quoted_end = text.find("'}", at + quote + 3);
                has_quoted_end = quoted_end != none;
                if (has_quoted_end) end = quoted_end + 1;
            }
            add(content.substr(0, quote));
        }
    }

    void add(std::string_view key) {
        if (seen_.insert(std::string(key)).second) keys_.emplace_back(key);
    }

    bool has_variables_ = false;
    std::vector<std::string> keys_;
    std::unordered_set<std::string> seen_;
};

}  // namespace

std::optional<std::vector<std::string>> context_keys(std::string_view document) {
    const auto parsed = json::parse(document, {max_document_bytes, max_document_depth});
    const auto* const json = std::get_if<json::Document>(&parsed);
    Reader reader;
    if (!json || !reader.read(json->root())) return std::nullopt;
    return std::move(reader).take();
}

}  // namespace iamlocal::policy
