#include "policy/locate.hpp"

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
            text.append(i == 0 ? "{\"" : ", \"").append(value.keys[i]).append("\": ");
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

class Locator {
  public:
    explicit Locator(std::string_view document) : document_(document) {}

    WrittenStatement statement(const StatementOutline& source) const {
        WrittenStatement written;
        written.start = position_at(document_, source.whole->begin);
        written.action = element(*source.whole, source.action.value);
        written.resource = element(*source.whole, source.resource.value);
        written.principal = element(*source.whole, source.principal.value);
        if (source.condition) written.conditions = conditions(*source.condition);
        return written;
    }

  private:
    std::optional<WrittenElement> element(const Value& statement, const Value* value) const {
        if (!value) return std::nullopt;
        const auto i = static_cast<std::size_t>(value - statement.items.data());
        return WrittenElement{statement.keys[i],
                              {},
                              position_at(document_, begin_of_key(document_, statement, i)),
                              quote(document_, *value)};
    }

    std::vector<WrittenElement> conditions(const Value& element) const {
        std::vector<WrittenElement> written;
        for (std::size_t i = 0; i < element.items.size(); ++i) {
            const Value& keys = element.items[i];
            for (std::size_t k = 0; k < keys.items.size(); ++k) {
                written.push_back({element.keys[i], keys.keys[k],
                                   position_at(document_, begin_of_key(document_, keys, k)),
                                   quote(document_, keys.items[k])});
            }
        }
        return written;
    }

    std::string_view document_;
};

}  // namespace

Position position_at(std::string_view text, std::size_t offset) {
    Position position;
    for (std::size_t at = 0; at < offset && at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool ends_line = byte == '\n' || (byte == '\r' && !text.substr(at + 1).starts_with('\n'));
        if (ends_line) {
            position = {position.line + 1, 1};
        } else if ((byte & 0xC0) != 0x80) {
            position.column += byte >= 0xF0 ? 2 : 1;  // UTF-16: two units from U+10000 on
        }
    }
    return position;
}

std::vector<WrittenStatement> locate(std::string_view document, DocumentKind kind) {
    std::vector<WrittenStatement> statements;
    const auto read = json::parse(document, {max_document_bytes, max_document_depth});
    const auto* root = std::get_if<Value>(&read);
    if (!root) return statements;
    const auto outlined = outline(*root, kind);
    const auto* elements = std::get_if<Outline>(&outlined);
    if (!elements) return statements;
    const Locator locator(document);
    for (const StatementOutline& statement : elements->statements) statements.push_back(locator.statement(statement));
    return statements;
}

}  // namespace iamlocal::policy
