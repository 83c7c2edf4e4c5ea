#include "policy/json.hpp"

#include <fmt/format.h>

#include "policy/position.hpp"
#include "tree/parse.hpp"

namespace iamlocal::tree {
namespace {

namespace json = policy::json;

Kind kind_of(json::Type type) {
    switch (type) {
        case json::Type::null:
            return Kind::null;
        case json::Type::boolean:
            return Kind::boolean;
        case json::Type::number:
            return Kind::number;
        case json::Type::string:
            return Kind::text;
        case json::Type::array:
            return Kind::list;
        case json::Type::object:
            return Kind::map;
    }
    return Kind::null;
}

/// The reader speaks of what it mostly reads.
std::string_view words_of(const json::Error& error) {
    return error.reason == "a policy has no NUL" ? "a text cannot hold a NUL" : std::string_view(error.reason);
}

class JsonBuilder {
  public:
    JsonBuilder(Tree& tree, std::string_view text) : tree_(tree), positions_(text) {}

    /// Values come in the order of the text, so its lines are counted once. False: there are too many.
    bool build(const json::Value& value, const Node*& built) {
        const policy::Position position = positions_.at(value.begin);
        Node& node = tree_.add(kind_of(value.type), position.line, position.column);
        built = &node;
        if (++nodes_ > most_nodes) return false;
        if (!value.is(json::Type::array) && !value.is(json::Type::object)) {
            node.text = value.text;
            return true;
        }
        for (const json::Value& item : value.items) {
            Node* key = nullptr;
            if (value.is(json::Type::object)) {
                // Where the key stands is not known; its value tells the line.
                key = &tree_.add(Kind::text, 0, 0);
                key->text = item.key;
            }
            const Node* child = nullptr;
            if (!build(item, child)) return false;
            if (key == nullptr) {
                node.items.push_back(child);
                continue;
            }
            key->line = child->line;
            key->column = child->column;
            node.entries.push_back({key, child});
        }
        return true;
    }

  private:
    Tree& tree_;
    policy::PositionCursor positions_;
    std::size_t nodes_ = 0;
};

}  // namespace

std::variant<Tree, Error> parse_json(std::string_view text, std::string_view file) {
    if (text.size() > most_bytes) return Error{{std::string(file)}, fmt::format("has more than {} bytes", most_bytes)};
    const auto read = json::parse(text, {.bytes = most_bytes, .depth = most_depth});
    if (const auto* const error = std::get_if<json::Error>(&read)) {
        const policy::Position position = policy::position_at(text, error->at);
        return Error{{std::string(file), position.line, position.column}, std::string(words_of(*error))};
    }
    Tree tree(file);
    const Node* root = nullptr;
    if (!JsonBuilder(tree, text).build(std::get<json::Document>(read).root(), root))
        return Error{{std::string(file)}, fmt::format("has more than {} values", most_nodes)};
    tree.set_root(*root);
    return tree;
}

}  // namespace iamlocal::tree
