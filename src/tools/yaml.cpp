#include "tools/yaml.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "tools/placed_text.hpp"

namespace iamlocal::tools::yaml {
namespace {

Place place_at(const std::string& file, const YAML::Mark& mark) {
    if (mark.is_null()) return {file};
    return {file, static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

/// Looks at everything once, as often as aliases lead to it. After this no other way through the tree can be long.
class Inspector {
  public:
    explicit Inspector(const std::string& file) : file_(file) {}

    void inspect(const YAML::Node& node, std::size_t depth) {
        if (++nodes_ > most_nodes)
            throw InputError(place_at(file_, node.Mark()), fmt::format("has more than {} values", most_nodes));
        if (depth > most_depth)
            throw InputError(place_at(file_, node.Mark()), fmt::format("is nested more than {} deep", most_depth));
        if (node.IsSequence()) {
            for (const YAML::Node& item : node) inspect(item, depth + 1);
        } else if (node.IsMap()) {
            std::unordered_set<std::string> seen;
            for (const auto& entry : node) {
                const Place place = place_at(file_, entry.first.Mark());
                if (!entry.first.IsScalar()) throw InputError(place, "a key must be a plain text");
                if (!seen.insert(entry.first.Scalar()).second)
                    throw InputError(place, fmt::format("the key '{}' stands here twice", entry.first.Scalar()));
                inspect(entry.second, depth + 1);
            }
        }
    }

  private:
    const std::string& file_;
    std::size_t nodes_ = 0;
};

/// Writes JSON with every value where it stands in the YAML.
class JsonWriter {
  public:
    void raw(std::string_view text) { out_.raw(text); }

    /// A document begins with its text: IAM takes no white space before a policy.
    void document(const YAML::Node& node) { node.IsMap() ? map(node) : value(node); }

    std::string take() { return out_.take(); }

  private:
    void value(const YAML::Node& node) {
        if (!node.Mark().is_null())
            out_.move_to(static_cast<std::size_t>(node.Mark().line), static_cast<std::size_t>(node.Mark().column));
        switch (node.Type()) {
            case YAML::NodeType::Map:
                return map(node);
            case YAML::NodeType::Sequence:
                return list(node);
            case YAML::NodeType::Scalar:
                return raw(nlohmann::json(node.Scalar()).dump());
            case YAML::NodeType::Null:
            case YAML::NodeType::Undefined:
                return raw("null");
        }
    }

    void map(const YAML::Node& node) {
        raw("{");
        bool first = true;
        for (const auto& entry : node) {
            if (!std::exchange(first, false)) raw(",");
            value(entry.first);
            raw(":");
            value(entry.second);
        }
        raw("}");
    }

    void list(const YAML::Node& node) {
        raw("[");
        bool first = true;
        for (const YAML::Node& item : node) {
            if (!std::exchange(first, false)) raw(",");
            value(item);
        }
        raw("]");
    }

    PlacedText out_;
};

}  // namespace

Place Value::place() const { return place_at(*file_, node_.Mark()); }

void Value::refuse(std::string_view message) const { throw InputError(place(), message); }

std::string Value::scalar(std::string_view what) const {
    if (!node_.IsScalar()) refuse(fmt::format("{} must be a text", what));
    return node_.Scalar();
}

std::string Value::text(std::string_view what) const {
    std::string text = scalar(what);
    if (text.empty()) refuse(fmt::format("{} must not be empty", what));
    return text;
}

std::vector<Value> Value::items(std::string_view what) const {
    if (!node_.IsSequence()) refuse(fmt::format("{} must be a list", what));
    std::vector<Value> items;
    for (const YAML::Node& item : node_) items.emplace_back(*file_, item);
    return items;
}

std::vector<Value> Value::one_or_more(std::string_view what) const {
    if (node_.IsSequence()) return items(what);
    return {*this};
}

std::vector<std::pair<Value, Value>> Value::entries(std::string_view what) const {
    if (!node_.IsMap()) refuse(fmt::format("{} must be a map", what));
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& entry : node_) entries.emplace_back(Value(*file_, entry.first), Value(*file_, entry.second));
    return entries;
}

std::optional<Value> Value::find(std::string_view key) const {
    if (!node_.IsMap()) return std::nullopt;
    for (const auto& entry : node_)
        if (entry.first.IsScalar() && entry.first.Scalar() == key) return Value(*file_, entry.second);
    return std::nullopt;
}

std::string Value::json(std::string_view before, std::string_view after) const {
    JsonWriter writer;
    writer.raw(before);
    writer.document(node_);
    writer.raw(after);
    return writer.take();
}

Fields::Fields(const Value& map, std::string_view what, std::initializer_list<std::string_view> known)
    : map_(map), what_(what) {
    for (const auto& [key, value] : map.entries(what)) {
        std::string name = key.scalar("a key");
        if (std::find(known.begin(), known.end(), name) == known.end())
            key.refuse(fmt::format("{} has no key '{}'; known are {}", what, name, fmt::join(known, ", ")));
        fields_.emplace_back(std::move(name), value);
    }
}

const Value* Fields::find(std::string_view key) const {
    const auto found =
        std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == key; });
    return found == fields_.end() ? nullptr : &found->second;
}

const Value& Fields::get(std::string_view key) const {
    const Value* const value = find(key);
    if (!value) map_.refuse(fmt::format("{} needs the key '{}'", what_, key));
    return *value;
}

Value parse(const std::string& text, const std::string& file) {
    if (text.size() > most_bytes) throw InputError({file}, fmt::format("has more than {} bytes", most_bytes));
    if (!is_utf8(text)) throw InputError({file}, "is not UTF-8");
    std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.empty()) throw InputError({file}, "is empty");
    if (documents.size() > 1)
        throw InputError(place_at(file, documents[1].Mark()), "a file holds one YAML document; here begins another");
    Inspector(file).inspect(documents.front(), 0);
    return {file, documents.front()};
}

}  // namespace iamlocal::tools::yaml
