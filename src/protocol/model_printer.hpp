// Fields that print the declared model as JSON, for `iamlocal --describe`.
#pragma once

#include <string>
#include <string_view>

#include "protocol/fields.hpp"

namespace iamlocal::protocol {

/// Appends `"Name":{…}` per member, separated by commas, to `out`.
class ModelPrinter final : public Fields {
  public:
    explicit ModelPrinter(std::string& out) : out_(out) {}

  protected:
    void text(const char* name, Presence presence, const TextRule& rule, Slot<std::string_view> slot) override;
    void integer(const char* name, Presence presence, const NumberRule& rule, Slot<std::int64_t> slot) override;
    void boolean(const char* name, Presence presence, Slot<bool> slot) override;
    void text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                   Slot<std::string_view> append) override;
    void structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) override;

  private:
    void begin(const char* name, std::string_view type, Presence presence);
    void text_rule(const TextRule& rule);
    void list_rule(const ListRule& rule);
    void quoted(std::string_view text);

    std::string& out_;
    bool first_ = true;
};

}  // namespace iamlocal::protocol
