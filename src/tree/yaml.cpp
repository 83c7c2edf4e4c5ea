#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "tree/parse.hpp"

namespace iamlocal::tree {
namespace {

/// Ends the reading of a text from within the library's callbacks.
struct YamlStop {
    Error error;
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// As YAML's core schema has decimal numbers, without exponents.
bool looks_like_a_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view rest = text.substr(std::min(point + 1, text.size()));
    const auto are_digits = [](std::string_view part) {
        return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
    };
    if (!are_digits(whole) || (whole.size() > 1 && whole.front() == '0')) return false;
    return point == text.size() || are_digits(rest);
}

/// What a scalar without quotes is.
Kind kind_of_plain(std::string_view text) {
    for (const std::string_view word : {"", "~", "null", "Null", "NULL"})
        if (text == word) return Kind::null;
    for (const std::string_view word : {"true", "True", "TRUE", "false", "False", "FALSE"})
        if (text == word) return Kind::boolean;
    return looks_like_a_number(text) ? Kind::number : Kind::text;
}

/// Builds the tree from the library's events. Counts as it goes, so that nothing large is ever built.
class YamlBuilder final : public YAML::EventHandler {
  public:
    explicit YamlBuilder(Tree& tree) : tree_(tree) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (has_root_) stop(mark, "a file holds one YAML document; here begins another");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node& node = add(Kind::null, mark, anchor);
        node.is_plain = true;
        finish(node, {}, mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        // `?` is a scalar without quotes, `!` one with them.
        const bool is_plain = tag == "?" || tag.empty();
        if (!is_plain && tag != "!" && tag != "tag:yaml.org,2002:str") stop_at_tag(mark, tag);
        if (value.find('\0') != std::string::npos) stop(mark, "a text cannot hold a NUL");
        Node& node = add(is_plain ? kind_of_plain(value) : Kind::text, mark, anchor);
        node.is_plain = is_plain;
        node.text = value;
        finish(node, {.bytes = value.size()}, mark);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end() || !found->second.node)
            stop(mark, "an alias cannot stand within what it stands for");
        finish(*found->second.node, found->second.size, mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(Kind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(Kind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { end(); }

  private:
    /// With all that aliases stand for.
    struct Size {
        std::size_t nodes = 1;
        std::size_t bytes = 0;  ///< of scalars
        std::size_t height = 0;
    };
    /// What an anchor names, once it is complete.
    struct Anchored {
        const Node* node = nullptr;
        Size size = {};
    };
    /// A list or map that is not complete.
    struct Open {
        Node* node;
        YAML::anchor_t anchor;
        YAML::Mark mark;
        Size size = {};
        const Node* key = nullptr;  ///< of a map: whose value comes next
        std::unordered_set<std::string_view> keys = {};
    };

    [[noreturn]] void stop(const YAML::Mark& mark, std::string message) const {
        throw YamlStop{
            {{tree_.file(), static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1},
             std::move(message)}};
    }
    [[noreturn]] void stop_at_tag(const YAML::Mark& mark, const std::string& tag) const {
        stop(mark, fmt::format("the tag {} means nothing here", tag));
    }

    Node& add(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = {};
        anchor_ = anchor;
        return tree_.add(kind, static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1);
    }

    void begin(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (!tag.empty() && tag != "?" && tag != "!") stop_at_tag(mark, tag);
        if (open_.size() >= most_depth) stop(mark, fmt::format("is nested more than {} deep", most_depth));
        Node& node = add(kind, mark, anchor);
        open_.push_back({.node = &node, .anchor = anchor, .mark = mark});
    }

    void end() {
        const Open closed = std::move(open_.back());
        open_.pop_back();
        anchor_ = closed.anchor;
        Size size = closed.size;
        ++size.height;
        finish(*closed.node, size, closed.mark);
    }

    /// Puts a complete value where it belongs.
    void finish(const Node& node, Size size, const YAML::Mark& mark) {
        if (anchor_ != 0) anchors_[anchor_] = {&node, size};
        anchor_ = 0;
        if (open_.empty()) {
            tree_.set_root(node);
            has_root_ = true;
            return;
        }
        Open& parent = open_.back();
        parent.size.nodes += size.nodes;
        parent.size.bytes += size.bytes;
        parent.size.height = std::max(parent.size.height, size.height);
        // What is open now will be part of what it stands in, all of it.
        if (parent.size.nodes > most_nodes) stop(mark, fmt::format("has more than {} values", most_nodes));
        if (parent.size.bytes > most_bytes) stop(mark, fmt::format("has more than {} bytes", most_bytes));
        if (open_.size() + size.height > most_depth) stop(mark, fmt::format("is nested more than {} deep", most_depth));
        if (parent.node->is(Kind::list))
            parent.node->items.push_back(&node);
        else
            add_to_map(parent, node, mark);
    }

    void add_to_map(Open& parent, const Node& node, const YAML::Mark& mark) {
        if (parent.key != nullptr) {
            parent.node->entries.push_back({parent.key, &node});
            parent.key = nullptr;
            return;
        }
        if (!node.is_scalar() || node.is(Kind::null)) stop(mark, "a key must be a plain text");
        if (node.is_plain && node.text == "<<") stop(mark, "merge keys (<<) mean nothing here");
        if (!parent.keys.insert(node.text).second) stop(mark, fmt::format("the key '{}' stands here twice", node.text));
        parent.key = &node;
    }

    Tree& tree_;
    bool has_root_ = false;
    YAML::anchor_t anchor_ = 0;  ///< of the value that is about to be complete
    std::unordered_map<YAML::anchor_t, Anchored> anchors_;
    std::vector<Open> open_;
};

Error error_at(std::string_view file, const YAML::Mark& mark, std::string message) {
    if (mark.is_null()) return {{std::string(file)}, std::move(message)};
    return {{std::string(file), static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1},
            std::move(message)};
}

/// Throws YamlStop and what the library throws.
bool read_yaml(const std::string& text, Tree& tree) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    YamlBuilder builder(tree);
    if (!parser.HandleNextDocument(builder)) return false;
    // The builder refuses a second document.
    while (parser.HandleNextDocument(builder)) {
    }
    return !tree.root().is(Kind::null);
}

}  // namespace

std::variant<Tree, Error> parse_yaml(std::string_view text, std::string_view file) {
    if (text.size() > most_bytes) return Error{{std::string(file)}, fmt::format("has more than {} bytes", most_bytes)};
    if (!is_utf8(text)) return Error{{std::string(file)}, "is not UTF-8"};
    Tree tree(file);
    try {
        if (!read_yaml(std::string(text), tree)) return Error{{std::string(file)}, "is empty"};
    } catch (const YamlStop& stop) {
        return stop.error;
    } catch (const YAML::DeepRecursion& error) {  // what it says of itself is "bad file"
        return error_at(file, error.mark, fmt::format("is nested more than {} deep", most_depth));
    } catch (const YAML::Exception& error) {
        return error_at(file, error.mark, error.msg);
    }
    return tree;
}

}  // namespace iamlocal::tree
