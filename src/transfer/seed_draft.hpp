// A seed that is being written, while files are read. Inside this folder only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace iamlocal::transfer {

/// Members keep their order: seeds are read by people.
using Json = nlohmann::ordered_json;

struct SeedDraft {
    Json accounts = Json::object();
    Json organization;
    std::string account;  ///< whose details were read
    std::size_t things = 0;
    /// By what they say, so that a thousand of a kind are one remark.
    std::map<std::string, std::vector<std::string>> remarks;

    Json& own() { return accounts[account]; }
    /// Whether an account has a thing of that name.
    bool holds(const std::string& of, const char* kind, std::string_view name) const;
    void remark(const std::string& about, std::string_view whom) { remarks[about].emplace_back(whom); }
    /// Adds a thing of the account under its name.
    void add(const char* kind, const std::string& name, Json thing) {
        own()[kind][name] = std::move(thing);
        ++things;
    }
};

/// What the outputs of AWS Organizations say, put together. Several of them do not name what they are about, so their
/// files are named: by the id that the command was given.
class OrganizationDraft {
  public:
    explicit OrganizationDraft(SeedDraft& draft) : draft_(draft) {}

    /// A page, in any order. `name`: the id that its file was named with; else empty.
    void take(const Json& page, const std::string& name);
    /// Writes the organization into the draft, if any page told of one.
    void finish();

  private:
    struct Unit {
        std::string name;
        std::string parent;  ///< its id; empty: not known
    };
    void take_policy(const Json& policy);
    void place(const std::string& child, const std::string& parent);
    [[nodiscard]] std::optional<std::string> find_path(const std::string& id) const;
    [[nodiscard]] std::string path_or_root(const std::string& id, const char* remark);
    void write_units();
    void write_accounts();
    void write_policies();
    void write_exceptions();

    SeedDraft& draft_;
    Json organization_;  ///< what describe-organization says
    std::string root_;
    std::map<std::string, Unit> units_;
    std::map<std::string, std::string> parents_;  ///< of accounts and units, by their ids
    std::set<std::string> accounts_;
    std::vector<Json> policies_;                               ///< what describe-policy says
    std::map<std::string, std::vector<std::string>> targets_;  ///< of policies, by their ids
    std::vector<std::string> trusted_services_;
};

/// A member that is a text; empty where it is not there or something else.
[[nodiscard]] std::string text_of(const Json& object, const char* member);
/// A member that is a list; empty where it is not there or something else.
[[nodiscard]] const Json& list_of(const Json& object, const char* member);
/// `[{"Key": …, "Value": …}]` as `{key: value}`, put into `thing` if there are any.
void put_tags(Json& thing, const Json& object);
/// A policy document: an object, or the text of one, percent-encoded too. Throws Json::exception for a text that is
/// none.
[[nodiscard]] Json document_of(Json value);

/// Users, groups, roles, policies and instance profiles of a page of details. Documents, which are most of it, are
/// taken out of the page.
void import_details(SeedDraft& draft, Json& page);
/// Everybody whom trust policies name must be there, or the seed would be refused as AWS refuses such policies. Those
/// who are not become placeholders; names of what is gone, and of roles that only AWS makes, are taken out.
void complete_principals(SeedDraft& draft);

}  // namespace iamlocal::transfer
