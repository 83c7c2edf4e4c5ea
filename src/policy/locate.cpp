#include "policy/locate.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "policy/json.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"

namespace iamlocal::policy {
namespace {

using json::Type;
using json::Value;

/// Values of a list that are quoted before the rest is only counted.
constexpr std::size_t quoted_values = 8;

std::string quote(std::string_view document, const Value& value) {
    std::string text;
    if (value.is(Type::object)) {
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            text.append(i == 0 ? "{\"" : ", \"").append(value.items[i].key).append("\": ");
            text.append(quote(document, value.items[i]));
        }
        return text.empty() ? "{}" : text.append("}");
    }
    if (!value.is(Type::array)) return std::string(document.substr(value.begin, value.end - value.begin));
    for (std::size_t i = 0; i < value.items.size() && i < quoted_values; ++i) {
        text.append(i == 0 ? "[" : ", ").append(quote(document, value.items[i]));
    }
    if (value.items.size() > quoted_values) {
        text.append(", … ").append(std::to_string(value.items.size())).append(" in all");
    }
    return text.empty() ? "[]" : text.append("]");
}

/// Where the name of an object's i-th item begins: behind the brace, or behind the comma after the item before.
std::size_t begin_of_key(std::string_view document, const Value& object, std::size_t i) {
    return document.find('"', i == 0 ? object.begin + 1 : object.items[i - 1].end);
}

/// Everything is asked for in the order of the text, so that a document is walked through once.
class Locator {
  public:
    explicit Locator(std::string_view document) : document_(document), cursor_(document) {}

    WrittenStatement statement(const StatementOutline& source) {
        WrittenStatement written;
        const Value& whole = *source.whole;
        written.start = cursor_.at(whole.begin);
        for (std::size_t i = 0; i < whole.items.size(); ++i) {
            const Value* const value = &whole.items[i];
            if (value == source.action.value) written.action = element(whole, i);
            if (value == source.resource.value) written.resource = element(whole, i);
            if (value == source.principal.value) written.principal = element(whole, i);
            if (value == source.condition) written.conditions = conditions(*value);
        }
        return written;
    }

  private:
    WrittenElement element(const Value& object, std::size_t i) {
        const Value& value = object.items[i];
        return {std::string(value.key), {}, cursor_.at(begin_of_key(document_, object, i)), quote(document_, value)};
    }

    std::vector<WrittenElement> conditions(const Value& element) {
        std::vector<WrittenElement> written;
        for (const Value& keys : element.items) {
            for (std::size_t i = 0; i < keys.items.size(); ++i) {
                const Value& values = keys.items[i];
                written.push_back({std::string(keys.key), std::string(values.key),
                                   cursor_.at(begin_of_key(document_, keys, i)), quote(document_, values)});
            }
        }
        return written;
    }

    std::string_view document_;
    PositionCursor cursor_;
};

}  // namespace

std::vector<WrittenStatement> locate(std::string_view document, DocumentKind kind) {
    std::vector<WrittenStatement> statements;
    const auto read = json::parse(document, {max_document_bytes, max_document_depth});
    const auto* values = std::get_if<json::Document>(&read);
    if (!values) return statements;
    const auto outlined = outline(values->root(), kind);
    const auto* elements = std::get_if<Outline>(&outlined);
    if (!elements) return statements;
    const auto& members = values->root().items;
    const bool listed = std::any_of(members.begin(), members.end(), [](const Value& member) {
        return member.key == "Statement" && member.is(Type::array);
    });
    Locator locator(document);
    for (const StatementOutline& statement : elements->statements) {
        WrittenStatement& written = statements.emplace_back(locator.statement(statement));
        written.path = "Statement";
        if (listed) written.path.append("[").append(std::to_string(statements.size() - 1)).append("]");
    }
    return statements;
}

}  // namespace iamlocal::policy
