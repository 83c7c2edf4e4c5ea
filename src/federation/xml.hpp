// XML as messages of SAML have it: read strictly, with the namespaces of its elements.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::federation::xml {

/// An element. Its name is the local one, without a prefix; texts are as the document means them, entities replaced.
struct Element {
    std::string name_space;
    std::string name;
    struct Attribute {
        std::string name_space;  ///< empty: none
        std::string name;
        std::string value;
    };
    std::vector<Attribute> attributes;  ///< without declarations of namespaces
    std::string text;                   ///< that stands in the element itself, not in those within it
    std::vector<Element> children;

    bool is(std::string_view wanted_space, std::string_view wanted_name) const {
        return name_space == wanted_space && name == wanted_name;
    }
    /// Of an attribute without a namespace. Null if there is none.
    const std::string* find(std::string_view attribute) const;
};

/// Reads a whole document in UTF-8; nothing for what is not well-formed: a document type, a second root, text beside
/// the root, an attribute given twice, a prefix that stands for nothing, an entity that XML does not have, a character
/// that XML forbids, a byte order mark. Nor for more than 20,000 elements, elements more than 64 deep, namespaces of
/// more than 256 bytes, and more than 256 of them at a time.
std::optional<Element> parse(std::string_view document);

}  // namespace iamlocal::federation::xml
