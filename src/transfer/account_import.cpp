#include "transfer/account_import.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "transfer/printed_text.hpp"
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

/// The order of files does not matter: the account's own comes first, and then what adds to it.
struct Pages {
    std::vector<Json> details;
    std::vector<std::pair<Json, const Printed*>> others;
    std::vector<std::string> reports;
    /// Pages of a kind of list, by its member's name, and those of them behind which others come.
    struct Parts {
        std::size_t pages = 0;
        std::vector<std::string> unfinished;
    };
    std::map<std::string, Parts> lists;
};

/// Of list-policies-for-target: the details of an account have a member of the same name, whose items have an Arn of
/// IAM.
bool is_list_of_attached_policies(const Json& page) {
    const Json& policies = list_of(page, "Policies");
    return !policies.empty() && std::all_of(policies.begin(), policies.end(),
                                            [](const Json& policy) { return text_of(policy, "Id").starts_with("p-"); });
}

/// Where the text stops to be JSON.
std::string place_of_fault(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, byte > 0 ? byte - 1 : 0);
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return fmt::format("{}:{}", lines + 1, before.size() - line_begin + 1);
}

/// AWS says with a token that more would come.
void note_list(Pages& pages, const Json& page, const Printed& file) {
    if (!page.is_object()) return;
    const auto list = std::find_if(page.begin(), page.end(), [](const Json& member) { return member.is_array(); });
    if (list == page.end()) return;
    Pages::Parts& parts = pages.lists[list.key() + ' ' + file.name];
    ++parts.pages;
    if (has(page, "NextToken") || (has(page, "IsTruncated") && page["IsTruncated"] == true))
        parts.unfinished.push_back(file.file);
}

std::optional<ImportFault> sort_in(Pages& pages, const Printed& file, Json page) {
    const bool needs_id =
        has(page, "Targets") || has(page, "Parents") || has(page, "Children") || is_list_of_attached_policies(page);
    if (needs_id) {
        if (file.name.empty())
            return ImportFault{file.file + ": AWS does not say of what: give it as ID=" + file.file +
                               ", with the id that the command was given"};
        pages.others.emplace_back(std::move(page), &file);
    } else if (has(page, "UserDetailList") || has(page, "RoleDetailList") || has(page, "GroupDetailList") ||
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
               has(page, "Policy") || has(page, "Roots") || has(page, "OrganizationalUnits") ||
               has(page, "EnabledServicePrincipals")) {
        pages.others.emplace_back(std::move(page), &file);
    } else {
        return ImportFault{file.file + ": nothing that the AWS CLI prints of accounts"};
    }
    return std::nullopt;
}

std::optional<ImportFault> sort_text_in(Pages& pages, const Printed& file, std::string_view text) {
    if (is_report(text)) {
        pages.reports.emplace_back(text);
        return std::nullopt;
    }
    // Mostly it is one output. Where it is not, or is broken, it is told apart.
    if (Json page = Json::parse(text, nullptr, false); !page.is_discarded()) {
        note_list(pages, page, file);
        return sort_in(pages, file, std::move(page));
    }
    for (const std::string_view part : json_parts(text)) {
        Json page;
        try {
            page = Json::parse(part);
        } catch (const Json::parse_error& error) {
            const auto begin = static_cast<std::size_t>(part.data() - text.data());
            const bool is_json = part.find_first_of("{[") != std::string_view::npos;
            return ImportFault{is_json ? fmt::format("{}:{}: is no JSON here, or ends too early", file.file,
                                                     place_of_fault(text, begin + error.byte))
                                       : file.file +
                                             ": neither JSON nor a credential report; the AWS CLI prints JSON "
                                             "with --output json"};
        }
        note_list(pages, page, file);
        if (auto fault = sort_in(pages, file, std::move(page))) return fault;
    }
    return std::nullopt;
}

void import_others(SeedDraft& draft, const Pages& pages) {
    for (const auto& [page, file] : pages.others) {
        if (has(page, "SAMLMetadataDocument")) import_saml_provider(draft, page, file->name);
        if (has(page, "ClientIDList")) import_oidc_provider(draft, page);
    }
    for (const auto& [page, file] : pages.others) import_provider_lists(draft, page);
    OrganizationDraft organization(draft);
    for (const auto& [page, file] : pages.others) organization.take(page, file->name);
    organization.finish();
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
    for (const Printed& file : files) {
        std::string converted;
        if (auto fault = sort_text_in(pages, file, utf8_of_printed(file.text, converted))) return *std::move(fault);
    }
    SeedDraft draft;
    for (const auto& [list, parts] : pages.lists)
        if (parts.unfinished.size() == parts.pages)
            draft.remark("Only a part of a list, as --max-items prints it: the rest is missing",
                         parts.unfinished.back());
    for (const Json& page : pages.details)
        if (auto account = account_of_details(page)) draft.account = *account;
    if (draft.account.empty())
        return ImportFault{"none of the files is the output of get-account-authorization-details with anything in it"};
    try {
        for (Json& page : pages.details) import_details(draft, page);
        import_others(draft, pages);
        complete_principals(draft);
    } catch (const Json::exception& error) {
        return ImportFault{fmt::format("the files are not as the AWS CLI prints them: {}", error.what())};
    }
    Json seed{{"accounts", std::move(draft.accounts)}};
    if (!draft.organization.is_null()) seed["organization"] = std::move(draft.organization);
    return Imported{std::move(seed), told(draft), draft.things};
}

}  // namespace iamlocal::transfer
