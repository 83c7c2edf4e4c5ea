// Fields that print the declared model as JSON, for `iamlocal --describe`.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "protocol/fields.hpp"

namespace iamlocal::protocol {

/// Adds to an object a member `"Name": {…}` per member of the input.
class ModelPrinter final : public Fields {
  public:
    explicit ModelPrinter(nlohmann::ordered_json& members) : members_(members) {}

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
    void add(const char* name, Presence presence, nlohmann::ordered_json member);

    nlohmann::ordered_json& members_;
};

}  // namespace iamlocal::protocol
