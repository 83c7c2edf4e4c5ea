// pugixml cuts the text into nodes; what it lets pass and XML does not is refused here. Its nodes are walked without
// replacing entities, so that every one is seen.
#include "federation/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <pugixml.hpp>

#include "base/encoding.hpp"

namespace iamlocal::federation::xml {
namespace {

constexpr std::size_t most_depth = 64;
constexpr std::size_t most_elements = 20'000;  ///< a megabyte of small ones would take a hundred times its memory
// Every element keeps its namespace and looks for its prefix: short and few, so that no document makes that expensive.
constexpr std::size_t most_namespace_bytes = 256;
constexpr std::size_t most_declarations = 256;
constexpr std::string_view xml_space = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_space = "http://www.w3.org/2000/xmlns/";

struct NotWellFormed {};

void require(bool holds) {
    if (!holds) throw NotWellFormed{};
}

bool is_character(std::uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

/// Of a document that is well-formed UTF-8: U+FFFE, U+FFFF, and the control characters.
bool has_forbidden_character(std::string_view text) {
    if (text.find("\xef\xbf\xbe") != std::string_view::npos || text.find("\xef\xbf\xbf") != std::string_view::npos)
        return true;
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
    });
}

void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6);
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3f));
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    }
}

/// What stands between '&' and ';'.
void append_entity(std::string& out, std::string_view name) {
    if (name == "lt") return out.push_back('<');
    if (name == "gt") return out.push_back('>');
    if (name == "amp") return out.push_back('&');
    if (name == "quot") return out.push_back('"');
    if (name == "apos") return out.push_back('\'');
    require(name.starts_with('#'));
    name.remove_prefix(1);
    const bool is_hex = name.starts_with('x');
    if (is_hex) name.remove_prefix(1);
    std::uint32_t c = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), c, is_hex ? 16 : 10);
    require(error == std::errc{} && end == name.data() + name.size() && is_character(c));
    append_utf8(out, c);
}

std::string with_entities_replaced(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        const std::size_t start = std::min(raw.find('&', at), raw.size());
        out.append(raw.substr(at, start - at));
        if (start == raw.size()) break;
        const std::size_t end = raw.find(';', start);
        require(end != std::string_view::npos);
        append_entity(out, raw.substr(start + 1, end - start - 1));
        at = end + 1;
    }
    return out;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

struct Name {
    std::string_view prefix;
    std::string_view local;
};

Name split(std::string_view name) {
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return {{}, name};
    const Name parts{name.substr(0, colon), name.substr(colon + 1)};
    require(!parts.prefix.empty() && !parts.local.empty() && parts.local.find(':') == std::string_view::npos);
    return parts;
}

/// What prefixes stand for; the innermost declaration stands last.
class Scope {
  public:
    std::size_t size() const { return bound_.size(); }
    void cut(std::size_t size) { bound_.resize(size); }

    void declare(std::string_view prefix, std::string space) {
        require(prefix != "xmlns" && (prefix == "xml") == (space == xml_space) && space != xmlns_space);
        require(prefix.empty() || !space.empty());
        require(space.size() <= most_namespace_bytes && bound_.size() < most_declarations);
        bound_.push_back({prefix, std::move(space)});
    }
    std::string find(std::string_view prefix) const {
        if (prefix == "xml") return std::string(xml_space);
        const auto found =
            std::find_if(bound_.rbegin(), bound_.rend(), [&](const Bound& b) { return b.prefix == prefix; });
        require(found != bound_.rend() || prefix.empty());
        return found == bound_.rend() ? std::string() : found->space;
    }

    /// Whether one more element may be read.
    bool count_element() { return ++elements_ <= most_elements; }

  private:
    struct Bound {
        std::string_view prefix;
        std::string space;
    };
    std::vector<Bound> bound_;
    std::size_t elements_ = 0;
};

Element read_element(const pugi::xml_node& node, Scope& scope, std::size_t depth);

void declare_namespaces(const pugi::xml_node& node, Scope& scope) {
    for (const pugi::xml_attribute& attribute : node.attributes()) {
        const std::string_view name = attribute.name();
        if (name == "xmlns")
            scope.declare({}, with_entities_replaced(attribute.value()));
        else if (name.starts_with("xmlns:"))
            scope.declare(split(name).local, with_entities_replaced(attribute.value()));
    }
}

void read_attributes(const pugi::xml_node& node, const Scope& scope, Element& element) {
    std::vector<std::string_view> names;
    for (const pugi::xml_attribute& attribute : node.attributes()) {
        const std::string_view name = attribute.name();
        const std::string_view value = attribute.value();
        require(value.find('<') == std::string_view::npos);
        names.push_back(name);
        if (name == "xmlns" || name.starts_with("xmlns:")) continue;
        const Name parts = split(name);
        element.attributes.push_back({parts.prefix.empty() ? std::string() : scope.find(parts.prefix),
                                      std::string(parts.local), with_entities_replaced(value)});
    }
    std::sort(names.begin(), names.end());
    require(std::adjacent_find(names.begin(), names.end()) == names.end());
    // Two prefixes may stand for one namespace.
    std::vector<std::pair<std::string_view, std::string_view>> meant;
    for (const Element::Attribute& attribute : element.attributes)
        meant.emplace_back(attribute.name_space, attribute.name);
    std::sort(meant.begin(), meant.end());
    require(std::adjacent_find(meant.begin(), meant.end()) == meant.end());
}

void read_content(const pugi::xml_node& node, Scope& scope, std::size_t depth, Element& element) {
    for (const pugi::xml_node& child : node.children()) {
        switch (child.type()) {
            case pugi::node_element:
                element.children.push_back(read_element(child, scope, depth + 1));
                break;
            case pugi::node_pcdata:
                require(std::string_view(child.value()).find("]]>") == std::string_view::npos);
                element.text += with_entities_replaced(child.value());
                break;
            case pugi::node_cdata:
                element.text += child.value();
                break;
            case pugi::node_comment:
            case pugi::node_pi:
                break;
            default:
                throw NotWellFormed{};
        }
    }
}

Element read_element(const pugi::xml_node& node, Scope& scope, std::size_t depth) {
    require(depth < most_depth && scope.count_element());
    const std::size_t outer = scope.size();
    declare_namespaces(node, scope);
    Element element;
    const Name name = split(node.name());
    element.name_space = scope.find(name.prefix);
    element.name = name.local;
    read_attributes(node, scope, element);
    read_content(node, scope, depth, element);
    scope.cut(outer);
    return element;
}

Element read_document(const pugi::xml_document& document) {
    std::optional<Element> root;
    Scope scope;
    for (const pugi::xml_node& node : document.children()) {
        switch (node.type()) {
            case pugi::node_declaration:
                require(node == document.first_child());
                break;
            case pugi::node_element:
                require(!root);
                root = read_element(node, scope, 0);
                break;
            case pugi::node_pcdata:
                require(is_blank(node.value()));
                break;
            case pugi::node_comment:
            case pugi::node_pi:
                break;
            default:
                throw NotWellFormed{};
        }
    }
    require(root.has_value());
    return *std::move(root);
}

}  // namespace

const std::string* Element::find(std::string_view attribute) const {
    for (const Attribute& own : attributes)
        if (own.name_space.empty() && own.name == attribute) return &own.value;
    return nullptr;
}

std::optional<Element> parse(std::string_view text) {
    // A byte order mark would be text beside the root, and pugixml passes over it.
    if (!is_utf8(text) || text.starts_with("\xef\xbb\xbf") || has_forbidden_character(text)) return std::nullopt;
    constexpr unsigned options = pugi::parse_cdata | pugi::parse_comments | pugi::parse_pi | pugi::parse_declaration |
                                 pugi::parse_doctype | pugi::parse_ws_pcdata | pugi::parse_fragment | pugi::parse_eol |
                                 pugi::parse_wconv_attribute;
    pugi::xml_document document;
    if (!document.load_buffer(text.data(), text.size(), options, pugi::encoding_utf8)) return std::nullopt;
    try {
        return read_document(document);
    } catch (const NotWellFormed&) {
        return std::nullopt;
    }
}

}  // namespace iamlocal::federation::xml
