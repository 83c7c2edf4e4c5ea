#include "policy/shown_values.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/characters.hpp"
#include "base/json_text.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::size_t most_bytes = 200;
constexpr std::size_t most_values = 10;
constexpr std::size_t most_variables = 10;

std::string quoted(std::string_view value) { return json_text(nlohmann::json(value)); }

}  // namespace

std::string shown(std::string_view value) {
    if (value.size() <= most_bytes) return quoted(value);
    const std::string_view beginning = whole_characters(value, most_bytes);
    return fmt::format("{} and {} more bytes", quoted(beginning), value.size() - beginning.size());
}

std::string shown(const Values& values) {
    if (!values.multivalued && values.items.size() == 1) return shown(values.items.front());
    std::string text = "[";
    for (std::size_t i = 0; i < std::min(values.items.size(), most_values); ++i) {
        text.append(i == 0 ? "" : ",").append(shown(values.items[i]));
    }
    text.append("]");
    if (values.items.size() <= most_values) return text;
    return text.append(fmt::format(" and {} more", values.items.size() - most_values));
}

void ShownVariables::add(const std::vector<Variable>& variables) {
    for (const Variable& variable : variables) {
        if (!known_.insert(variable.key).second || known_.size() > most_variables) continue;
        const std::optional<Values> values = context_.find(variable.key);
        text_.append(fmt::format("; ${{{}}} is {}", variable.spelled, values ? shown(*values) : "absent"));
    }
}

std::string ShownVariables::text() && {
    if (known_.size() > most_variables) text_.append(fmt::format("; and {} more", known_.size() - most_variables));
    return std::move(text_);
}

std::string shown_variables(const Condition& condition, const RequestContext& context) {
    ShownVariables variables(context);
    for (const Operand& operand : condition.operands) {
        if (const auto* glob = std::get_if<Glob>(&operand)) variables.add(glob->variables());
        if (const auto* arn = std::get_if<ArnPattern>(&operand)) variables.add(arn->variables());
    }
    return std::move(variables).text();
}

}  // namespace iamlocal::policy
