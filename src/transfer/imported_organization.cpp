#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "aws/ids.hpp"
#include "transfer/seed_draft.hpp"

namespace iamlocal::transfer {
namespace {

constexpr std::string_view full_access = "p-FullAWSAccess";
/// Deeper than AWS nests units, and the end of lists of parents that lead in a circle.
constexpr int most_levels = 10;

bool is_account(std::string_view id) { return ids::is_account_id(id); }

/// Names of units are parts of paths here.
std::string part_of_path(std::string name) {
    std::replace(name.begin(), name.end(), '/', '-');
    return name;
}

}  // namespace

void OrganizationDraft::place(const std::string& child, const std::string& parent) {
    if (!child.empty() && !parent.empty()) parents_[child] = parent;
    if (is_account(child)) accounts_.insert(child);
}

void OrganizationDraft::take_policy(const Json& policy) {
    const auto summary = policy.find("PolicySummary");
    if (summary == policy.end() || (summary->contains("AwsManaged") && summary->at("AwsManaged") == true)) return;
    const std::string type = text_of(*summary, "Type");
    if (type == "SERVICE_CONTROL_POLICY" || type == "RESOURCE_CONTROL_POLICY")
        policies_.push_back(policy);
    else
        draft_.remark("A policy of AWS Organizations that is neither SCP nor RCP is left out",
                      text_of(*summary, "Name"));
}

void OrganizationDraft::take(const Json& page, const std::string& name) {
    if (page.contains("Organization")) organization_ = page["Organization"];
    for (const Json& root : list_of(page, "Roots")) root_ = text_of(root, "Id");
    for (const Json& unit : list_of(page, "OrganizationalUnits")) {
        const std::string id = text_of(unit, "Id");
        units_[id].name = part_of_path(text_of(unit, "Name"));
        place(id, name);
    }
    for (const Json& account : list_of(page, "Accounts")) {
        accounts_.insert(text_of(account, "Id"));
        place(text_of(account, "Id"), name);
    }
    for (const Json& child : list_of(page, "Children")) place(text_of(child, "Id"), name);
    for (const Json& parent : list_of(page, "Parents")) place(name, text_of(parent, "Id"));
    if (page.contains("Targets")) targets_[name];
    for (const Json& target : list_of(page, "Targets")) targets_[name].push_back(text_of(target, "TargetId"));
    for (const Json& policy : list_of(page, "Policies"))
        if (!text_of(policy, "Id").empty()) targets_[text_of(policy, "Id")].push_back(name);
    for (const Json& service : list_of(page, "EnabledServicePrincipals"))
        trusted_services_.push_back(text_of(service, "ServicePrincipal"));
    if (page.contains("Policy") && page["Policy"].contains("Content")) take_policy(page["Policy"]);
}

/// `/workloads/prod`; nothing for what is not known to be anywhere.
std::optional<std::string> OrganizationDraft::find_path(const std::string& id) const {
    std::string path;
    std::string at = id;
    for (int level = 0; level < most_levels; ++level) {
        if (at == root_ || at.starts_with("r-")) return path.empty() ? "/" : path;
        const auto unit = units_.find(at);
        if (unit != units_.end()) path = "/" + unit->second.name + path;
        const auto parent = parents_.find(at);
        if (parent == parents_.end() || (unit == units_.end() && at != id)) return std::nullopt;
        at = parent->second;
    }
    return std::nullopt;
}

std::string OrganizationDraft::path_or_root(const std::string& id, const char* remark) {
    if (auto path = find_path(id)) return *std::move(path);
    draft_.remark(remark, id);
    return "/";
}

void OrganizationDraft::write_units() {
    if (!root_.empty()) draft_.organization["units"]["/"] = root_;
    for (const auto& [id, unit] : units_) {
        const auto path = find_path(id);
        if (path && *path != "/")
            draft_.organization["units"][*path] = id;
        else
            draft_.remark("Not known where this unit is: give list-organizational-units-for-parent as PARENT=FILE", id);
    }
}

void OrganizationDraft::write_accounts() {
    const std::string management = text_of(draft_.organization, "management_account");
    for (const std::string& account : accounts_) {
        if (account == management && !parents_.contains(account)) continue;
        draft_.organization["accounts"][account] =
            path_or_root(account, "Below the root of the organization: correct `accounts` where it is in a unit");
    }
}

void OrganizationDraft::write_policies() {
    for (const Json& policy : policies_) {
        const Json& summary = policy.at("PolicySummary");
        const std::string name = text_of(summary, "Name");
        Json targets = Json::array();
        const auto known = targets_.find(text_of(summary, "Id"));
        if (known == targets_.end()) {
            targets.push_back("/");
            draft_.remark("Attached to the root of the organization: correct `targets` where it is attached elsewhere",
                          name);
        } else {
            for (const std::string& target : known->second) {
                const auto path = is_account(target) ? target : find_path(target);
                if (!path)
                    draft_.remark("A target of a policy is left out: not known where this unit is", target);
                else if (std::find(targets.begin(), targets.end(), *path) == targets.end())
                    targets.push_back(*path);
            }
        }
        draft_.organization["policies"].push_back(
            {{"type", text_of(summary, "Type") == "SERVICE_CONTROL_POLICY" ? "scp" : "rcp"},
             {"name", name},
             {"targets", std::move(targets)},
             {"document", document_of(policy.value("Content", Json()))}});
    }
}

/// Where FullAWSAccess is not attached, another SCP is: AWS takes the last one nowhere away.
void OrganizationDraft::write_exceptions() {
    const auto full = targets_.find(std::string(full_access));
    if (full == targets_.end()) return;
    std::set<std::string> attached;
    for (const std::string& target : full->second) attached.insert(target);
    std::set<std::string> with_scp;
    for (const Json& policy : list_of(draft_.organization, "policies"))
        if (policy.at("type") == "scp")
            for (const Json& target : policy.at("targets")) with_scp.insert(target.get<std::string>());
    const auto consider = [&](const std::string& id, const std::optional<std::string>& shown) {
        if (!shown || attached.contains(id)) return;
        if (with_scp.contains(*shown))
            draft_.organization["without_full_access"].push_back(*shown);
        else
            draft_.remark("FullAWSAccess is not attached, nor any SCP that is known: it is in the seed", id);
    };
    if (!root_.empty()) consider(root_, "/");
    for (const auto& [id, unit] : units_) consider(id, find_path(id));
    const auto placed = draft_.organization.find("accounts");
    for (const std::string& account : accounts_)
        if (placed != draft_.organization.end() && placed->contains(account)) consider(account, account);
}

void OrganizationDraft::finish() {
    if (organization_.is_null()) {
        if (!policies_.empty() || !units_.empty() || !accounts_.empty())
            draft_.remark("The organization is left out: its id is in the output of describe-organization", "");
        return;
    }
    draft_.organization["id"] = text_of(organization_, "Id");
    if (const std::string management = text_of(organization_, "MasterAccountId"); !management.empty())
        draft_.organization["management_account"] = management;
    if (const std::string set = text_of(organization_, "FeatureSet"); !set.empty())
        draft_.organization["feature_set"] = set;
    write_units();
    write_accounts();
    write_policies();
    write_exceptions();
    if (!trusted_services_.empty()) draft_.organization["trusted_access"] = trusted_services_;
}

}  // namespace iamlocal::transfer
