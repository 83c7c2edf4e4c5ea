// How an operation's input describes itself: one `describe(Fields&)` lists its members with AWS's names and
// constraints. The same description reads and validates a request (InputReader) and prints the declared model
// (ModelPrinter).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iamlocal::protocol {

inline constexpr std::size_t unlimited = SIZE_MAX;

/// Constraints of a text; lengths count characters, not bytes.
struct TextRule {
    std::size_t min = 0;
    std::size_t max = unlimited;
    const char* pattern = nullptr;                     ///< as in AWS's model
    bool (*matches)(std::string_view text) = nullptr;  ///< what the pattern means
    std::span<const char* const> values = {};          ///< of an enum
    const char* printed_pattern = nullptr;             ///< what messages print, where that is not the model's
    /// What IAM says of names and paths that break the pattern, after "The specified value for X is invalid. ".
    const char* explained = nullptr;
    bool says_not_null =
        false;  ///< whether the rules of a list's items, as messages print them, end with one about null
    /// Whether it is left out of what is recorded of requests: passwords, codes, private keys, tokens.
    bool secret = false;
};

struct NumberRule {
    std::optional<std::int64_t> min;
    std::optional<std::int64_t> max;
};

/// Constraints of a list's length.
struct ListRule {
    std::size_t min = 0;
    std::size_t max = unlimited;
    const char* structure = nullptr;  ///< the model's name of its items, for messages that show them
    bool of_unions = false;           ///< each item is to have exactly one of its members; the operation demands it
};

enum class Presence { optional, required };

/// Where a value goes, whatever holds it: a member, an optional member, an element of a list.
template <class Value>
struct Slot {
    void* target;
    void (*set)(void* target, Value value);
};

/// A list of structures: appends an element and has it describe itself.
struct StructureList {
    void* target;
    void (*append)(void* target, class Fields& fields);
};

/// A structure that is a member itself.
struct StructureMember {
    void* target;
    void (*describe)(void* target, class Fields& fields);
};

/// A map: appends an entry with that key and has it describe its value, a member called "value".
struct MapEntries {
    void* target;
    void (*append)(void* target, std::string_view key, class Fields& fields);
};

class Fields {
  public:
    virtual ~Fields() = default;

    template <class Member, class Rule>
    void required(const char* name, Member& member, const Rule& rule) {
        field(name, Presence::required, member, rule);
    }
    template <class Member, class Rule>
    void optional(const char* name, Member& member, const Rule& rule) {
        field(name, Presence::optional, member, rule);
    }
    void optional(const char* name, std::optional<bool>& member) {
        boolean(name, Presence::optional, slot<bool>(member));
    }

    /// A list of texts; `item` constrains each of them.
    void list(const char* name, Presence presence, std::vector<std::string>& items, const ListRule& rule,
              const TextRule& item) {
        text_list(name, presence, rule, item, {&items, [](void* target, std::string_view value) {
                                                   static_cast<std::vector<std::string>*>(target)->emplace_back(value);
                                               }});
    }
    /// A list of structures; `describe(Structure&, Fields&)`, a lambda without captures, lists the members
    /// of one.
    template <class Structure, class Describe>
    void list(const char* name, Presence presence, std::vector<Structure>& items, const ListRule& rule, Describe) {
        structure_list(name, presence, rule,
                       {&items, [](void* target, Fields& fields) {
                            Describe{}(static_cast<std::vector<Structure>*>(target)->emplace_back(), fields);
                        }});
    }

    /// A structure; `describe(Structure&, Fields&)` as above.
    template <class Structure, class Describe>
    void structure(const char* name, Presence presence, Structure& member, Describe) {
        structure_member(name, presence, {&member, [](void* target, Fields& fields) {
                                              Describe{}(*static_cast<Structure*>(target), fields);
                                          }});
    }
    /// A map from texts; of a key that comes twice both entries are there. `describe(Value&, Fields&)` lists one
    /// member, "value".
    template <class Entry, class Describe>
    void map(const char* name, Presence presence, std::vector<std::pair<std::string, Entry>>& entries, Describe) {
        using Entries = std::vector<std::pair<std::string, Entry>>;
        map_member(name, presence, {&entries, [](void* target, std::string_view key, Fields& fields) {
                                        auto& entry =
                                            static_cast<Entries*>(target)->emplace_back(std::string(key), Entry{});
                                        Describe{}(entry.second, fields);
                                    }});
    }

    /// The operation that a request names; empty where there is no request.
    [[nodiscard]] virtual std::string_view operation() const { return {}; }

  protected:
    virtual void text(const char* name, Presence presence, const TextRule& rule, Slot<std::string_view> slot) = 0;
    virtual void integer(const char* name, Presence presence, const NumberRule& rule, Slot<std::int64_t> slot) = 0;
    virtual void boolean(const char* name, Presence presence, Slot<bool> slot) = 0;
    virtual void text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                           Slot<std::string_view> append) = 0;
    virtual void structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) = 0;
    virtual void structure_member(const char* name, Presence presence, StructureMember member) = 0;
    virtual void map_member(const char* name, Presence presence, MapEntries entries) = 0;

  private:
    template <class Value, class Member>
    static Slot<Value> slot(Member& member) {
        return {&member, [](void* target, Value value) { *static_cast<Member*>(target) = Member(value); }};
    }
    template <class Member>
    void field(const char* name, Presence presence, Member& member, const TextRule& rule) {
        text(name, presence, rule, slot<std::string_view>(member));
    }
    template <class Member>
    void field(const char* name, Presence presence, Member& member, const NumberRule& rule) {
        integer(name, presence, rule, slot<std::int64_t>(member));
    }
};

}  // namespace iamlocal::protocol
