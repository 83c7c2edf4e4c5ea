#include "trail/response_elements.hpp"

#include <charconv>
#include <optional>
#include <string>

#include <pugixml.hpp>

#include "base/time_format.hpp"
#include "protocol/answer_writer.hpp"
#include "trail/dates.hpp"

namespace iamlocal::trail {
namespace {

using protocol::ElementKind;

/// What makes an answer none of ours. The trail shows no elements then.
struct Mismatch {};

/// Walks an answer, with the kinds of its elements beside it.
class ElementReader {
  public:
    ElementReader(std::string_view kinds, DateForm dates) : kinds_(kinds), dates_(dates) {}

    /// Nothing for a secret.
    std::optional<Json> read(const pugi::xml_node& node) {
        const ElementKind kind = next();
        if (kind == ElementKind::structure) return structure(node);
        if (kind == ElementKind::list) {
            Json list = Json::array();
            for (const pugi::xml_node& member : node.children("member"))
                if (auto item = read(member)) list.push_back(*std::move(item));
            return list;
        }
        return leaf(kind, node.text().get());
    }
    std::optional<Json> read(const Json& value) {
        const ElementKind kind = next();
        if (kind == ElementKind::structure || kind == ElementKind::list) {
            Json out = kind == ElementKind::list ? Json::array() : Json::object();
            for (const auto& [name, member] : value.items()) {
                const bool is_entry = peek() == ElementKind::entry || peek() == ElementKind::number_entry;
                auto element = read(member);
                if (!element) continue;
                if (kind == ElementKind::list)
                    out.push_back(*std::move(element));
                else
                    out[is_entry ? name : lower_first(name)] = *std::move(element);
            }
            return out;
        }
        if (kind == ElementKind::time) return date(Seconds(std::chrono::seconds(value.get<std::int64_t>())));
        if (kind == ElementKind::secret) return std::nullopt;
        return value;
    }

  private:
    ElementKind peek() const { return at_ < kinds_.size() ? static_cast<ElementKind>(kinds_[at_]) : ElementKind::text; }
    ElementKind next() {
        if (at_ == kinds_.size()) throw Mismatch();
        return static_cast<ElementKind>(kinds_[at_++]);
    }

    Json structure(const pugi::xml_node& node) {
        Json out = Json::object();
        for (const pugi::xml_node& child : node.children()) {
            if (child.type() != pugi::node_element) continue;
            if (peek() == ElementKind::entry || peek() == ElementKind::number_entry) {
                const ElementKind kind = next();
                out[child.child_value("key")] = *leaf(kind, child.child_value("value"));
            } else if (auto element = read(child)) {
                out[lower_first(child.name())] = *std::move(element);
            }
        }
        return out;
    }

    std::optional<Json> leaf(ElementKind kind, const char* text) const {
        switch (kind) {
            case ElementKind::text:
            case ElementKind::entry:
                return Json(text);
            case ElementKind::number:
            case ElementKind::number_entry: {
                std::int64_t number = 0;
                const std::string_view digits(text);
                if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc{})
                    throw Mismatch();
                return Json(number);
            }
            case ElementKind::boolean:
                return Json(std::string_view(text) == "true");
            case ElementKind::time: {
                const auto at = parse_iso8601(text);
                if (!at) throw Mismatch();
                return date(whole_seconds(*at));
            }
            case ElementKind::secret:
                return std::nullopt;
            default:
                throw Mismatch();
        }
    }
    Json date(Seconds at) const { return dates_ == DateForm::words ? in_words(at) : format_iso8601(at); }

    const std::string_view kinds_;
    const DateForm dates_;
    std::size_t at_ = 0;
};

/// The document as an object: the result and the answer's metadata.
Json document_of(std::string_view answer, ElementReader& reader) {
    if (answer.starts_with('{')) {
        const Json document = Json::parse(answer, nullptr, false);
        if (!document.is_object() || document.empty()) throw Mismatch();
        return *reader.read(document.begin().value());
    }
    pugi::xml_document document;
    constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;
    if (!document.load_buffer(answer.data(), answer.size(), options, pugi::encoding_utf8)) throw Mismatch();
    return *reader.read(document.document_element());
}

}  // namespace

Json response_elements(std::string_view answer, std::string_view kinds, DateForm dates) {
    try {
        ElementReader reader(kinds, dates);
        Json document = document_of(answer, reader);
        for (auto& [name, value] : document.items())
            if (name.ends_with("Result") && !value.empty()) return std::move(value);
    } catch (const Mismatch&) {
    } catch (const Json::exception&) {
    } catch (const std::bad_optional_access&) {
    }
    return nullptr;
}

}  // namespace iamlocal::trail
