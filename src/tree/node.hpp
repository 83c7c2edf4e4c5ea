// What a YAML or JSON text says, as one tree of values with their places, so that whoever reads it can say where
// something is wrong.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::tree {

/// A place in a file. Lines and columns count from 1; a line of 0 means the file as a whole.
struct Place {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;

    /// `file:line:column`, or just the file.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Place&, const Place&) = default;
};

enum class Kind { null, boolean, number, text, list, map };

struct Node;

struct Entry {
    const Node* key;
    const Node* value;
};

/// A value. Refers to its Tree.
struct Node {
    Kind kind = Kind::null;
    bool is_plain = false;  ///< a scalar of YAML without quotes: that it looks like a number may mean nothing
    std::size_t line = 1;
    std::size_t column = 1;
    std::string text;                ///< a scalar's characters
    std::vector<const Node*> items;  ///< of a list
    std::vector<Entry> entries;      ///< of a map, in its order; each key is a text, and there once
    const std::string* file = nullptr;

    [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
    [[nodiscard]] bool is_scalar() const { return kind != Kind::list && kind != Kind::map; }
    /// The value of a map's key; null where there is none, or no map.
    [[nodiscard]] const Node* find(std::string_view key) const;
    [[nodiscard]] Place place() const { return {*file, line, column}; }
};

/// Owns the nodes of one text; they stay where they are when it is moved.
class Tree {
  public:
    explicit Tree(std::string_view file) : file_(std::make_unique<std::string>(file)) {}

    [[nodiscard]] const Node& root() const { return *root_; }
    [[nodiscard]] const std::string& file() const { return *file_; }

    /// A new node, for those who build the tree.
    Node& add(Kind kind, std::size_t line, std::size_t column) {
        Node& node = nodes_->emplace_back();
        node.kind = kind;
        node.line = line;
        node.column = column;
        node.file = file_.get();
        return node;
    }
    void set_root(const Node& node) { root_ = &node; }

  private:
    std::unique_ptr<std::string> file_;
    std::unique_ptr<std::deque<Node>> nodes_ = std::make_unique<std::deque<Node>>();
    const Node* root_ = nullptr;
};

}  // namespace iamlocal::tree
