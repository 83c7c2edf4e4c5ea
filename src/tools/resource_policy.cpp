#include "tools/resource_policy.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/encoding.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"

namespace iamlocal::tools {
namespace {

using policy::json::Type;
using JsonValue = policy::json::Value;

/// Text to put in place of what stands from `begin` to `end`.
struct Edit {
    std::size_t begin;
    std::size_t end;
    std::string text;
};

template <class Rule>
void each_item(const JsonValue& value, Rule rule) {
    if (!value.is(Type::array)) return rule(value);
    for (const JsonValue& item : value.items) rule(item);
}

bool is_of_whatever_has_it(const JsonValue& statement) {
    const JsonValue* action = statement.find("Action");
    if (!action || statement.find("Resource") || statement.find("NotResource")) return false;
    bool all = true;
    each_item(*action, [&](const JsonValue& value) {
        const std::string folded = fold_case(value.text);
        const std::string_view prefix = std::string_view(folded).substr(0, folded.find(':'));
        all = all && (prefix == "ecr" || prefix == "ecr-public" || prefix == "elasticfilesystem" || prefix == "*");
    });
    return all;
}

void collect(const JsonValue& statement, std::string_view text, std::vector<Edit>& edits) {
    if (!statement.is(Type::object)) return;
    constexpr std::string_view short_form = "execute-api:/";
    for (const char* name : {"Resource", "NotResource"}) {
        const JsonValue* element = statement.find(name);
        if (!element) continue;
        each_item(*element, [&](const JsonValue& value) {
            // Not where it is written with escapes: then the text is another one.
            if (!value.is(Type::string) || text.substr(value.begin + 1, short_form.size()) != short_form) return;
            const std::size_t colon = value.begin + short_form.size() - 1;
            edits.push_back({value.begin + 1, colon, "arn:*:execute-api:*:*"});
            edits.push_back({colon + 1, colon + 1, "*"});
        });
    }
    if (is_of_whatever_has_it(statement)) edits.push_back({statement.end - 1, statement.end - 1, R"(,"Resource":"*")"});
}

}  // namespace

std::string complete_resource_policy(std::string text) {
    const auto parsed = policy::json::parse(text, {policy::max_document_bytes, policy::max_document_depth});
    const auto* document = std::get_if<policy::json::Document>(&parsed);
    if (!document || !document->root().is(Type::object)) return text;
    const JsonValue* statements = document->root().find("Statement");
    if (!statements) return text;
    std::vector<Edit> edits;
    each_item(*statements, [&](const JsonValue& statement) { collect(statement, text, edits); });
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin > b.begin; });
    for (const Edit& edit : edits) text.replace(edit.begin, edit.end - edit.begin, edit.text);
    return text;
}

}  // namespace iamlocal::tools
