#include "templates/render.hpp"

#include <optional>
#include <utility>

#include "base/encoding.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"

namespace iamlocal::templates {
namespace {

using policy::json::Type;
using policy::json::Value;

/// So many texts one with lists in it can stand for.
constexpr std::size_t most_texts = 4096;
constexpr std::string_view enabled_member = "@Enabled";

/// Cuts a text at its placeholders: calls `on_text` for what stands between them and `on_name` for each; stops where
/// one of them gives false.
template <class OnText, class OnName>
bool each_piece(std::string_view text, OnText on_text, OnName on_name) {
    while (!text.empty()) {
        const std::size_t begin = text.find("@{");
        const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
        if (end == std::string_view::npos) return on_text(text);
        if (begin > 0 && !on_text(text.substr(0, begin))) return false;
        if (!on_name(text.substr(begin + 2, end - begin - 2))) return false;
        text.remove_prefix(end + 1);
    }
    return true;
}

/// All texts that a text with placeholders stands for: one for each combination of values.
class Expansion {
  public:
    Expansion(std::string_view text, const Values& values) {
        each_piece(
            text,
            [&](std::string_view piece) {
                for (std::string& each : texts) each.append(piece);
                return true;
            },
            [&](std::string_view name) {
                const auto found = values.find(name);
                if (found == values.end()) {
                    missing = MissingParameter{std::string(name)};
                    return false;
                }
                if (texts.size() * found->second.size() > most_texts) {
                    too_large = true;
                    return false;
                }
                std::vector<std::string> longer;
                for (const std::string& each : texts)
                    for (const std::string& value : found->second) longer.push_back(each + value);
                texts = std::move(longer);
                return true;
            });
    }

    std::vector<std::string> texts{std::string()};
    std::optional<MissingParameter> missing;
    bool too_large = false;
};

/// Its functions give false once a value is missing or there is too much.
class DocumentWriter {
  public:
    DocumentWriter(std::string_view source, const Values& values) : source_(source), values_(values) {}

    bool write(const Value& value) {
        too_large_ = too_large_ || out_.size() > policy::max_document_bytes;
        if (too_large_) return false;
        if (value.is(Type::object)) return write_object(value);
        if (value.is(Type::array)) return write_array(value);
        if (value.is(Type::string)) return write_string(value);
        out_.append(source_.substr(value.begin, value.end - value.begin));
        return true;
    }

    std::string take() { return std::move(out_); }
    Rendered failure() const {
        if (missing_) return *missing_;
        return TooLarge{};
    }

  private:
    bool write_object(const Value& object) {
        out_.push_back('{');
        bool first = true;
        for (const Value& member : object.items) {
            if (member.key == enabled_member) continue;
            if (!std::exchange(first, false)) out_.push_back(',');
            const Expansion key(member.key, values_);
            if (!take_missing(key)) return false;
            quote(key.texts.empty() ? std::string_view() : std::string_view(key.texts.front()));
            out_.push_back(':');
            if (!write(member)) return false;
        }
        out_.push_back('}');
        return true;
    }

    bool write_array(const Value& array) {
        out_.push_back('[');
        bool first = true;
        for (const Value& item : array.items) {
            if (is_off(item)) continue;
            if (item.is(Type::string)) {
                const Expansion expansion(item.text, values_);
                if (!take_missing(expansion)) return false;
                for (const std::string& text : expansion.texts) {
                    if (!std::exchange(first, false)) out_.push_back(',');
                    quote(text);
                }
                continue;
            }
            if (!std::exchange(first, false)) out_.push_back(',');
            if (!write(item)) return false;
        }
        out_.push_back(']');
        return true;
    }

    bool write_string(const Value& value) {
        const Expansion expansion(value.text, values_);
        if (!take_missing(expansion)) return false;
        if (expansion.texts.size() == 1) {
            quote(expansion.texts.front());
            return true;
        }
        out_.push_back('[');
        for (const std::string& text : expansion.texts) {
            if (&text != expansion.texts.data()) out_.push_back(',');
            quote(text);
        }
        out_.push_back(']');
        return true;
    }

    /// Whether it is a statement that is switched off. One whose switch has no value is.
    bool is_off(const Value& item) const {
        const Value* const enabled = item.is(Type::object) ? item.find(enabled_member) : nullptr;
        if (enabled == nullptr) return false;
        std::string_view name = enabled->text;
        if (name.starts_with("@{") && name.ends_with('}')) name = name.substr(2, name.size() - 3);
        const auto found = values_.find(name);
        return found == values_.end() || found->second != std::vector<std::string>{"True"};
    }

    bool take_missing(const Expansion& expansion) {
        if (expansion.missing && !missing_) missing_ = expansion.missing;
        too_large_ = too_large_ || expansion.too_large;
        return !missing_ && !too_large_;
    }

    void quote(std::string_view text) {
        out_.push_back('"');
        json_append(out_, text);
        out_.push_back('"');
    }

    std::string_view source_;
    const Values& values_;
    std::string out_;
    std::optional<MissingParameter> missing_;
    bool too_large_ = false;
};

}  // namespace

std::set<std::string> parameters_in(std::string_view text) {
    std::set<std::string> names;
    each_piece(
        text, [](std::string_view) { return true; },
        [&](std::string_view name) {
            names.emplace(name);
            return true;
        });
    return names;
}

Rendered render_text(std::string_view text, const Values& values) {
    std::string out;
    std::optional<MissingParameter> missing;
    each_piece(
        text,
        [&](std::string_view piece) {
            out.append(piece);
            return true;
        },
        [&](std::string_view name) {
            const auto found = values.find(name);
            if (found == values.end()) {
                missing = MissingParameter{std::string(name)};
                return false;
            }
            for (const std::string& value : found->second)
                out.append(&value == found->second.data() ? "" : ",").append(value);
            return true;
        });
    if (missing) return *std::move(missing);
    return out;
}

Rendered render_document(std::string_view document, const Values& values) {
    const auto read = policy::json::parse(document, {policy::max_document_bytes, policy::max_document_depth});
    const auto* const json = std::get_if<policy::json::Document>(&read);
    if (json == nullptr) return std::string(document);  // whoever admits the document says what is wrong with it
    DocumentWriter writer(document, values);
    if (!writer.write(json->root())) return writer.failure();
    return writer.take();
}

}  // namespace iamlocal::templates
