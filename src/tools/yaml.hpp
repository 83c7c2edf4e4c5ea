// Reading YAML within bounds: what a suite may consist of, with the place of everything that is wrong.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "tools/input.hpp"

namespace iamlocal::tools::yaml {

/// A suite of more bytes, deeper nesting or more nodes, every alias counted with what it stands for, is refused.
inline constexpr std::size_t most_bytes = std::size_t{1} << 20;
inline constexpr std::size_t most_depth = 64;
inline constexpr std::size_t most_nodes = 200'000;

/// A value and the file it came from. Functions throw InputError with the value's place.
class Value {
  public:
    Value(const std::string& file, YAML::Node node) : file_(&file), node_(std::move(node)) {}
    ~Value() = default;
    Value(const Value&) = default;
    /// Stands for the other value from now on. A node's own assignment would write into the document.
    Value& operator=(const Value& other) {
        if (this == &other) return *this;
        file_ = other.file_;
        node_.reset(other.node_);
        return *this;
    }

    [[nodiscard]] Place place() const;
    [[nodiscard]] bool is_map() const { return node_.IsMap(); }
    [[nodiscard]] bool is_list() const { return node_.IsSequence(); }
    [[nodiscard]] bool is_scalar() const { return node_.IsScalar(); }
    [[nodiscard]] bool is_null() const { return node_.IsNull(); }
    /// As it is written, for example `!Sub`; `?` or `!` where nobody wrote one.
    [[nodiscard]] const std::string& tag() const { return node_.Tag(); }
    /// The value of a map's key; nothing where there is none, or no map.
    [[nodiscard]] std::optional<Value> find(std::string_view key) const;

    /// The text of a scalar that is not empty.
    /// @param what it is called in the complaint, for example `an action`
    [[nodiscard]] std::string text(std::string_view what) const;
    /// The text of any scalar, an empty one too.
    [[nodiscard]] std::string scalar(std::string_view what) const;
    /// The items of a list.
    [[nodiscard]] std::vector<Value> items(std::string_view what) const;
    /// The items of a list, or the value itself as the only one.
    [[nodiscard]] std::vector<Value> one_or_more(std::string_view what) const;
    /// Keys and values of a map in their order.
    [[nodiscard]] std::vector<std::pair<Value, Value>> entries(std::string_view what) const;

    /// The value as JSON, every scalar as a string. Line breaks and blanks are put in so that each value begins on the
    /// line on which it stands in the file, and in its column where that is possible; a map's own brace comes first of
    /// all.
    ///
    /// @param before,after JSON to put around it
    [[nodiscard]] std::string json(std::string_view before = {}, std::string_view after = {}) const;

    [[noreturn]] void refuse(std::string_view message) const;

  private:
    const std::string* file_;
    YAML::Node node_;
};

/// The keys of a map, each asked for by name; those that nobody may write are refused.
class Fields {
  public:
    /// Throws InputError for a value that is no map, and for a key that is not among `known`.
    Fields(const Value& map, std::string_view what, std::initializer_list<std::string_view> known);

    /// Null if there is no such key.
    [[nodiscard]] const Value* find(std::string_view key) const;
    /// Throws InputError if there is no such key.
    [[nodiscard]] const Value& get(std::string_view key) const;

  private:
    Value map_;
    std::string what_;
    std::vector<std::pair<std::string, Value>> fields_;
};

/// The only document of a text. Refused with the place: what is not YAML, not UTF-8, more than one document, a key that
/// is no scalar or comes twice, and what goes beyond the bounds. `file` must outlive the values.
[[nodiscard]] Value parse(const std::string& text, const std::string& file);

/// Runs `read`, and turns what the YAML library throws into an InputError: its one way out.
template <class Read>
auto guarded(const std::string& file, Read read) {
    try {
        return read();
    } catch (const YAML::DeepRecursion& error) {  // what it says of itself is "bad file"
        throw InputError({file, static_cast<std::size_t>(error.mark.line) + 1},
                         fmt::format("is nested more than {} deep", most_depth));
    } catch (const YAML::Exception& error) {
        if (error.mark.is_null()) throw InputError({file}, error.msg);
        throw InputError(
            {file, static_cast<std::size_t>(error.mark.line) + 1, static_cast<std::size_t>(error.mark.column) + 1},
            error.msg);
    }
}

}  // namespace iamlocal::tools::yaml
