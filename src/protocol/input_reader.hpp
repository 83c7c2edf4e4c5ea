// Fields that fill an input from a request's parameters and collect every violation of its constraints.
#pragma once

#include <string>
#include <string_view>

#include "protocol/fields.hpp"
#include "protocol/query.hpp"

namespace iamlocal::protocol {

/// STS repeats the offending value in its message, and "null" for an absent one; IAM has left both out since 2024.
enum class ShowValues { no, yes };

class InputReader final : public Fields {
  public:
    InputReader(const Parameters& parameters, ShowValues show_values)
        : parameters_(parameters), show_values_(show_values) {}

    /// Throws ValidationError in AWS's words if anything was violated: ten constraints at most ("2 validation errors
    /// detected: …; …"), else the first name or path with bad characters. Describing throws MalformedInput for what
    /// cannot be read as a number, a boolean or a list.
    void finish() const;

    [[nodiscard]] std::string_view operation() const override;

  protected:
    void text(const char* name, Presence presence, const TextRule& rule, Slot<std::string_view> slot) override;
    void integer(const char* name, Presence presence, const NumberRule& rule, Slot<std::int64_t> slot) override;
    void boolean(const char* name, Presence presence, Slot<bool> slot) override;
    void text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                   Slot<std::string_view> append) override;
    void structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) override;
    void structure_member(const char* name, Presence presence, StructureMember member) override;
    void map_member(const char* name, Presence presence, MapEntries entries) override;

  private:
    /// Whether the request has a parameter of that name, or one that begins with it and a period.
    bool is_given(std::string_view name) const;
    std::string_view wire_name(const char* name);
    std::string path_of(const char* name) const;
    bool is_full() const;
    void violation(const char* name, std::string_view value, std::string_view constraint);
    void missing(const char* name, Presence presence);
    void check(const char* name, std::string_view value, const TextRule& rule);
    void check_length(const char* name, std::size_t length, std::string_view shown, const ListRule& rule);
    void empty_list(const char* name, Presence presence, const ListRule& rule);
    std::string show_items(const std::string& prefix, std::size_t count, const ListRule& rule, StructureList list);

    const Parameters& parameters_;
    ShowValues show_values_;
    std::string prefix_;       ///< of parameter names, for example "Tags.member.1."
    std::string path_prefix_;  ///< of messages, for example "tags.1.member."
    std::string name_buffer_;
    std::string violations_;
    int violation_count_ = 0;
    std::string bad_name_;  ///< message about the first name or path with bad characters
};

}  // namespace iamlocal::protocol
