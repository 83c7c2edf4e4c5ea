// What the members of a seed hold, each with the place where it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tree/node.hpp"

namespace iamlocal::seed {

/// Something that a seed may leave out.
struct Given {
    const tree::Node* at = nullptr;       ///< null: it was left out
    const tree::Node* removed = nullptr;  ///< where null was given in its place: what is there is to go
    explicit operator bool() const { return at != nullptr; }
};

struct Text : Given {
    std::string value;
};
struct Number : Given {
    std::int64_t value = 0;
};
struct Flag : Given {
    bool value = false;
};
struct Texts : Given {
    std::vector<Text> items;
};
/// Texts by key.
struct Pairs : Given {
    std::vector<std::pair<Text, Text>> items;
};
/// A policy document: written out, or a text that holds JSON.
struct Document : Given {
    /// As it is to be stored.
    std::string text() const;
};
/// Documents by name.
struct Documents : Given {
    std::vector<std::pair<Text, Document>> items;
};
/// What another reader understands.
struct Anything : Given {};

/// Things by their names.
template <class T>
struct Named {
    Text name;
    T value;
};
template <class T>
struct Map : Given {
    std::vector<Named<T>> items;
};
template <class T>
struct List : Given {
    std::vector<T> items;
};
template <class T>
struct One : Given {
    T value;
};

}  // namespace iamlocal::seed
