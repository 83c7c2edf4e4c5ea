#include "transfer/account_import.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "transfer/seed_draft.hpp"

namespace iamlocal::transfer {
namespace {

/// Names of a remark that are told; of more only the number.
constexpr std::size_t most_told = 5;

bool has(const Json& object, const char* member) { return object.is_object() && object.contains(member); }

bool is_report(std::string_view text) { return text.starts_with("user,arn,user_creation_time,"); }

/// The account of the first ARN in a list.
std::optional<std::string> account_in(const Json& list) {
    for (const Json& entity : list) {
        const std::string text = text_of(entity, "Arn");
        const std::optional<Arn> arn = Arn::parse(text);
        if (arn && ids::is_account_id(arn->account)) return std::string(arn->account);
    }
    return std::nullopt;
}

std::optional<std::string> account_of_details(const Json& page) {
    for (const char* list : {"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"})
        if (auto account = account_in(list_of(page, list))) return account;
    return std::nullopt;
}

/// What the report says that the details do not: who has a password or keys, which nobody prints.
void import_report(SeedDraft& draft, std::string_view report) {
    const auto cells_of = [](std::string_view line) {
        std::vector<std::string_view> cells;
        for (std::size_t at = 0; at <= line.size();) {
            const std::size_t comma = std::min(line.find(',', at), line.size());
            cells.push_back(line.substr(at, comma - at));
            at = comma + 1;
        }
        return cells;
    };
    const std::size_t end = std::min(report.find('\n'), report.size());
    const std::vector<std::string_view> names = cells_of(report.substr(0, end));
    for (std::size_t at = end + 1; at < report.size();) {
        const std::size_t line_end = std::min(report.find('\n', at), report.size());
        const std::vector<std::string_view> cells = cells_of(report.substr(at, line_end - at));
        at = line_end + 1;
        const auto cell = [&](std::string_view name) {
            const auto found = std::find(names.begin(), names.end(), name);
            const auto number = static_cast<std::size_t>(found - names.begin());
            return number < cells.size() ? cells[number] : std::string_view();
        };
        const std::string_view user = cell("user");
        if (user.empty() || user == "<root_account>") continue;
        if (!draft.holds(draft.account, "users", user))
            draft.remark("In the credential report, but not in the details", user);
        if (cell("password_enabled") == "true")
            draft.remark("Has a password, which no file holds: write `password` where a test signs in", user);
        if (cell("access_key_1_active") == "true" || cell("access_key_2_active") == "true")
            draft.remark("Has access keys, whose secrets no file holds: write `access_keys` where a test needs them",
                         user);
        if (cell("mfa_active") == "true")
            draft.remark("Has an MFA device, whose seed no file holds: write `mfa_devices` where a test needs it",
                         user);
    }
}

void import_oidc_provider(SeedDraft& draft, const Json& provider) {
    Json thing = Json::object();
    if (!list_of(provider, "ClientIDList").empty()) thing["client_ids"] = list_of(provider, "ClientIDList");
    if (!list_of(provider, "ThumbprintList").empty()) thing["thumbprints"] = list_of(provider, "ThumbprintList");
    put_tags(thing, provider);
    const std::string url = text_of(provider, "Url");
    draft.add("oidc_providers", url.find("://") == std::string::npos ? "https://" + url : url, std::move(thing));
}

void import_saml_provider(SeedDraft& draft, const Json& provider, const std::string& name) {
    Json thing{{"metadata", text_of(provider, "SAMLMetadataDocument")}};
    put_tags(thing, provider);
    draft.add("saml_providers", name, std::move(thing));
}

/// Providers that are only listed.
void import_provider_lists(SeedDraft& draft, const Json& page) {
    for (const Json& listed : list_of(page, "SAMLProviderList")) {
        const std::string arn = text_of(listed, "Arn");
        const std::string name = arn.substr(arn.rfind('/') + 1);
        if (!draft.holds(draft.account, "saml_providers", name))
            draft.remark("A SAML provider is left out: its metadata is in the output of get-saml-provider", name);
    }
    for (const Json& listed : list_of(page, "OpenIDConnectProviderList")) {
        const std::string arn = text_of(listed, "Arn");
        const std::size_t at = arn.find("oidc-provider/");
        if (at == std::string::npos) continue;
        const std::string url = "https://" + arn.substr(at + std::string_view("oidc-provider/").size());
        if (draft.holds(draft.account, "oidc_providers", url)) continue;
        draft.add("oidc_providers", url, Json::object());
        draft.remark("Without its client ids, which are in the output of get-open-id-connect-provider", url);
    }
}

void import_organization_policy(SeedDraft& draft, const Json& policy) {
    const auto found = policy.find("PolicySummary");
    if (found == policy.end() || (found->contains("AwsManaged") && found->at("AwsManaged") == true)) return;
    const std::string type = text_of(*found, "Type");
    if (type != "SERVICE_CONTROL_POLICY" && type != "RESOURCE_CONTROL_POLICY") return;
    const std::string name = text_of(*found, "Name");
    draft.organization["policies"].push_back({{"type", type == "SERVICE_CONTROL_POLICY" ? "scp" : "rcp"},
                                              {"name", name},
                                              {"targets", Json::array({"/"})},
                                              {"document", document_of(policy.value("Content", Json()))}});
    draft.remark("Attached to the root of the organization: correct `targets` where it is attached elsewhere", name);
}

void import_organization(SeedDraft& draft, const Json& page) {
    if (has(page, "Organization")) {
        const Json& organization = page["Organization"];
        draft.organization["id"] = text_of(organization, "Id");
        draft.organization["management_account"] = text_of(organization, "MasterAccountId");
        if (const std::string set = text_of(organization, "FeatureSet"); !set.empty())
            draft.organization["feature_set"] = set;
    }
    // So AWS Organizations names its accounts, which IAM does not.
    for (const Json& account : list_of(page, "Accounts")) {
        const std::string id = text_of(account, "Id");
        if (id == text_of(draft.organization, "management_account")) continue;
        draft.organization["accounts"][id] = "/";
        draft.remark("Below the root of the organization: correct `accounts` where it is in a unit", id);
    }
    if (has(page, "Policy") && has(page["Policy"], "Content")) import_organization_policy(draft, page["Policy"]);
}

/// The order of files does not matter: the account's own comes first, and then what adds to it.
struct Pages {
    std::vector<Json> details;
    std::vector<std::pair<Json, const Printed*>> others;
    std::vector<std::string> reports;
};

std::optional<ImportFault> sort_in(Pages& pages, const Printed& file) {
    if (is_report(file.text)) {
        pages.reports.push_back(file.text);
        return std::nullopt;
    }
    Json page = Json::parse(file.text, nullptr, false);
    if (page.is_discarded()) return ImportFault{file.file + ": neither JSON nor a credential report"};
    if (has(page, "UserDetailList") || has(page, "RoleDetailList") || has(page, "GroupDetailList") ||
        has(page, "Policies")) {
        pages.details.push_back(std::move(page));
    } else if (has(page, "Content") && has(page, "ReportFormat")) {
        const std::optional<std::string> report = base64_decode(text_of(page, "Content"));
        if (!report || !is_report(*report)) return ImportFault{file.file + ": the report cannot be read"};
        pages.reports.push_back(*report);
    } else if (has(page, "SAMLMetadataDocument") && file.name.empty()) {
        return ImportFault{file.file + ": AWS does not say whose metadata this is: give it as NAME=" + file.file};
    } else if (has(page, "State") && has(page, "Description")) {
        // generate-credential-report only says that it began.
    } else if (has(page, "SAMLMetadataDocument") || has(page, "ClientIDList") || has(page, "SAMLProviderList") ||
               has(page, "OpenIDConnectProviderList") || has(page, "Organization") || has(page, "Accounts") ||
               has(page, "Policy")) {
        pages.others.emplace_back(std::move(page), &file);
    } else {
        return ImportFault{file.file + ": nothing that the AWS CLI prints of accounts"};
    }
    return std::nullopt;
}

void import_others(SeedDraft& draft, const Pages& pages) {
    for (const auto& [page, file] : pages.others) {
        if (has(page, "SAMLMetadataDocument")) import_saml_provider(draft, page, file->name);
        if (has(page, "ClientIDList")) import_oidc_provider(draft, page);
    }
    for (const auto& [page, file] : pages.others) import_provider_lists(draft, page);
    // First who manages it, for the accounts.
    for (const auto& [page, file] : pages.others)
        if (has(page, "Organization")) import_organization(draft, page);
    for (const auto& [page, file] : pages.others)
        if (!has(page, "Organization")) import_organization(draft, page);
    for (const std::string& report : pages.reports) import_report(draft, report);
}

std::vector<std::string> told(const SeedDraft& draft) {
    std::vector<std::string> remarks;
    for (const auto& [about, whom] : draft.remarks) {
        std::string names;
        for (std::size_t i = 0; i < std::min(most_told, whom.size()); ++i)
            names.append(i == 0 ? "" : ", ").append(whom[i]);
        if (whom.size() > most_told) names.append(fmt::format(" and {} more", whom.size() - most_told));
        remarks.push_back(fmt::format("{}: {}", about, names));
    }
    return remarks;
}

}  // namespace

std::variant<Imported, ImportFault> import_account(std::span<const Printed> files) {
    Pages pages;
    for (const Printed& file : files)
        if (auto fault = sort_in(pages, file)) return *std::move(fault);
    SeedDraft draft;
    for (const Json& page : pages.details)
        if (auto account = account_of_details(page)) draft.account = *account;
    if (draft.account.empty())
        return ImportFault{"none of the files is the output of get-account-authorization-details with anything in it"};
    try {
        for (const Json& page : pages.details) import_details(draft, page);
        import_others(draft, pages);
        complete_principals(draft);
    } catch (const Json::exception& error) {
        return ImportFault{fmt::format("the files are not as the AWS CLI prints them: {}", error.what())};
    }
    Json seed{{"accounts", std::move(draft.accounts)}};
    if (!draft.organization.is_null()) seed["organization"] = std::move(draft.organization);
    return Imported{json_text(seed, 2), told(draft), draft.things};
}

}  // namespace iamlocal::transfer
