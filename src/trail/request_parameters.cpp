#include "trail/request_parameters.hpp"

#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "protocol/query.hpp"

namespace iamlocal::trail {
namespace {

using protocol::ListRule;
using protocol::Presence;
using protocol::TextRule;

/// Puts the members that a request has into a JSON object.
class MemberCopier final : public protocol::Fields {
  public:
    MemberCopier(const protocol::Parameters& parameters, std::string prefix, Json& out)
        : parameters_(parameters), prefix_(std::move(prefix)), out_(out) {}

    [[nodiscard]] std::string_view operation() const override { return parameters_.find("Action").value_or(""); }

  protected:
    void text(const char* name, Presence, const TextRule& rule, protocol::Slot<std::string_view>) override {
        if (rule.secret) return;
        if (const auto value = find(name)) out_[lower_first(name)] = std::string(*value);
    }
    void integer(const char* name, Presence, const protocol::NumberRule&, protocol::Slot<std::int64_t>) override {
        const auto value = find(name);
        if (!value) return;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
        const bool is_number = error == std::errc{} && end == value->data() + value->size();
        out_[lower_first(name)] = is_number ? Json(number) : Json(std::string(*value));
    }
    void boolean(const char* name, Presence, protocol::Slot<bool>) override {
        if (const auto value = find(name)) out_[lower_first(name)] = *value == "true" || *value == "1";
    }
    void text_list(const char* name, Presence, const ListRule&, const TextRule& item,
                   protocol::Slot<std::string_view>) override {
        if (item.secret || !is_given(prefix_ + name)) return;
        Json& list = out_[lower_first(name)] = Json::array();
        const std::string items = fmt::format("{}{}.member.", prefix_, name);
        for (const unsigned number : parameters_.items(items).numbers)
            list.push_back(std::string(parameters_.find(fmt::format("{}{}", items, number)).value_or("")));
    }
    void structure_list(const char* name, Presence, const ListRule&, protocol::StructureList structures) override {
        if (!is_given(prefix_ + name)) return;
        Json& list = out_[lower_first(name)] = Json::array();
        const std::string items = fmt::format("{}{}.member.", prefix_, name);
        for (const unsigned number : parameters_.items(items).numbers) {
            Json item = Json::object();
            MemberCopier within(parameters_, fmt::format("{}{}.", items, number), item);
            structures.append(structures.target, within);
            list.push_back(std::move(item));
        }
    }
    void structure_member(const char* name, Presence, protocol::StructureMember member) override {
        if (!is_given(prefix_ + name)) return;
        Json& structure = out_[lower_first(name)] = Json::object();
        MemberCopier within(parameters_, fmt::format("{}{}.", prefix_, name), structure);
        member.describe(member.target, within);
    }
    void map_member(const char* name, Presence, protocol::MapEntries entries) override {
        if (!is_given(prefix_ + name)) return;
        Json& map = out_[lower_first(name)] = Json::object();
        const std::string items = fmt::format("{}{}.entry.", prefix_, name);
        for (const unsigned number : parameters_.items(items).numbers) {
            const std::string entry = fmt::format("{}{}.", items, number);
            const auto key = parameters_.find(entry + "key");
            if (!key) continue;
            // The value describes itself as a member of that name.
            Json described = Json::object();
            MemberCopier within(parameters_, entry, described);
            entries.append(entries.target, *key, within);
            map[std::string(*key)] = described.value("value", Json());
        }
    }

  private:
    /// Whether the request has a parameter of that name, or one that begins with it and a period.
    bool is_given(std::string_view name) const {
        for (const protocol::Parameter& parameter : parameters_) {
            if (!parameter.name.starts_with(name)) continue;
            if (parameter.name.size() == name.size() || parameter.name[name.size()] == '.') return true;
        }
        return false;
    }
    std::optional<std::string_view> find(const char* name) { return parameters_.find(prefix_ + name); }

    const protocol::Parameters& parameters_;
    const std::string prefix_;
    Json& out_;
};

}  // namespace

Json request_parameters(const api::Operation& operation, std::string_view sent) {
    protocol::Parameters parameters;
    if (parameters.parse({}, sent)) return nullptr;
    Json members = Json::object();
    MemberCopier copier(parameters, {}, members);
    try {
        operation.describe(copier);
    } catch (const ApiError&) {
        // A request that was refused for lists that cannot be read: what came before them is shown.
    }
    if (members.empty()) return nullptr;
    return members;
}

}  // namespace iamlocal::trail
