#include "iam/shapes.hpp"

#include "api/shape_text.hpp"

namespace iamlocal::iam::shape {
namespace {

bool is_path(std::string_view text) {
    if (text == "/") return true;
    return text.size() >= 3 && text.front() == '/' && text.back() == '/' &&
           every(text, [](char c) { return c >= '!' && c <= '~'; });
}

/// '!' to DEL; a char above DEL is negative.
bool is_path_prefix(std::string_view text) {
    return !text.empty() && text.front() == '/' && every(text, [](char c) { return c >= '!'; });
}

bool is_policy_path(std::string_view text) {
    if (text.empty() || text.front() != '/' || text.back() != '/') return false;
    if (text.find("//") != std::string_view::npos) return false;
    return every(text, [](char c) { return is_word(c) || is_one_of(c, "/.,+@=-"); });
}

bool is_latin_text(std::string_view text) {
    return every_code_point(text, [](std::int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa1 && c <= 0xff);
    });
}

/// Narrower than the model's pattern, as AWS's messages say.
bool is_policy_document(std::string_view text) { return !text.empty() && is_latin_text(text); }

bool is_key_id(std::string_view text) { return !text.empty() && every(text, is_word); }

bool is_version_id(std::string_view text) {
    if (text.size() < 2 || text[0] != 'v' || text[1] < '1' || text[1] > '9') return false;
    text.remove_prefix(2);
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    if (text.empty()) return true;
    return text.front() == '.' && every(text.substr(1), [](char c) { return (is_word(c) && c != '_') || c == '-'; });
}

bool is_namespace(std::string_view text) {
    return every(text, [](char c) { return is_word(c) || c == '-'; });
}

bool is_organizations_path(std::string_view text) {
    const auto inner = [](char c) { return is_lower(c) || is_digit(c); };
    const std::size_t slash = text.find('/');
    if (!text.starts_with("o-") || slash == std::string_view::npos) return false;
    const std::string_view id = text.substr(2, slash - 2);
    if (id.size() < 10 || id.size() > 32 || !every(id, inner)) return false;
    text.remove_prefix(slash + 1);
    if (!text.starts_with("r-") || text.size() < 6 || !every(text.substr(2, 4), inner)) return false;
    return every(text, [&](char c) { return inner(c) || c == '-' || c == '/'; });
}

bool is_organizations_policy_id(std::string_view text) {
    return text.starts_with("p-") && text.size() >= 10 && text.size() <= 130 && every(text.substr(2), is_word);
}

bool is_alias(std::string_view text) {
    const auto inner = [](char c) { return is_lower(c) || is_digit(c); };
    if (text.size() < 3 || text.size() > 63 || !inner(text.front()) || !inner(text.back())) return false;
    if (text.find("--") != std::string_view::npos) return false;
    return every(text, [&](char c) { return inner(c) || c == '-'; });
}

constexpr const char* name_words = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
constexpr const char* path_words =
    "It must begin and end with / and contain only alphanumeric characters and/or / characters.";
constexpr const char* path_prefix_words =
    "It must begin with the / character and contain only alphanumeric characters and/or / characters.";

constexpr TextRule path_of(const char* pattern, bool (*matches)(std::string_view), const char* words) {
    return {.min = 1, .max = 512, .pattern = pattern, .matches = matches, .explained = words};
}

constexpr TextRule document_of(std::size_t max) {
    return {.min = 1, .max = max, .pattern = document_pattern, .matches = is_document};
}

constexpr TextRule secret_of(TextRule rule) {
    rule.secret = true;
    return rule;
}

constexpr TextRule id_of(std::size_t min) {
    return {.min = min, .max = 128, .pattern = R"([\w]+)", .matches = is_key_id};
}

constexpr TextRule name_of(std::size_t max) {
    return {.min = 1, .max = max, .pattern = name_pattern, .matches = is_name, .explained = name_words};
}

bool is_serial_number(std::string_view text) {
    return !text.empty() && every(text, [](char c) { return is_word(c) || is_one_of(c, "+=/:,.@-"); });
}

bool is_code(std::string_view text) { return !text.empty() && every(text, is_digit); }

constexpr const char* assignments[] = {"Assigned", "Unassigned", "Any"};
constexpr const char* statuses[] = {"Active", "Inactive", "Expired"};
constexpr const char* encodings[] = {"SSH", "PEM"};
constexpr const char* scopes[] = {"All", "AWS", "Local"};
constexpr const char* usages[] = {"PermissionsPolicy", "PermissionsBoundary"};
constexpr const char* report_sort_keys[] = {"SERVICE_NAMESPACE_ASCENDING", "SERVICE_NAMESPACE_DESCENDING",
                                            "LAST_AUTHENTICATED_TIME_ASCENDING", "LAST_AUTHENTICATED_TIME_DESCENDING"};
constexpr const char* granularities[] = {"SERVICE_LEVEL", "ACTION_LEVEL"};
// In the order in which AWS's messages have them.
constexpr const char* entity_types[] = {"LocalManagedPolicy", "User", "AWSManagedPolicy", "Role", "Group"};

}  // namespace

const TextRule user_name = name_of(64);
const TextRule existing_user_name = name_of(128);
const TextRule group_name = name_of(128);
const TextRule role_name = name_of(64);
const TextRule policy_name = name_of(128);
const TextRule instance_profile_name = name_of(128);
const TextRule custom_suffix = name_of(64);
const TextRule server_certificate_name = name_of(128);
const TextRule account_alias = {
    .min = 3, .max = 63, .pattern = R"(^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$)", .matches = is_alias};

constexpr const char* path_pattern = R"((\u002F)|(\u002F[\u0021-\u007E]+\u002F))";
constexpr const char* policy_path_pattern = R"(((/[A-Za-z0-9\.,\+@=_-]+)*)/)";
const TextRule path = path_of(path_pattern, is_path, path_words);
const TextRule path_prefix = path_of(R"(\u002F[\u0021-\u007F]*)", is_path_prefix, path_prefix_words);
const TextRule policy_path = path_of(policy_path_pattern, is_policy_path, path_words);
const TextRule policy_path_prefix = path_of(policy_path_pattern, is_policy_path, path_prefix_words);
const TextRule entity_path_prefix = path_of(path_pattern, is_path, path_prefix_words);
const TextRule arn = {.min = 20, .max = 2048};
const TextRule policy_document = {.min = 1,
                                  .max = 131072,
                                  .pattern = document_pattern,
                                  .matches = is_policy_document,
                                  .printed_pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+)"};
const TextRule policy_description = {.max = 1000};
const TextRule role_description = {
    .max = 1000, .pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*)", .matches = is_latin_text};
const TextRule policy_version_id = {.pattern = R"(v[1-9][0-9]*(\.[A-Za-z0-9-]*)?)", .matches = is_version_id};
const TextRule password = secret_of(document_of(128));
const TextRule deletion_task_id = {.min = 1, .max = 1000};
const TextRule access_key_id = id_of(16);
const TextRule pem_text = document_of(16384);
const TextRule private_key = secret_of(document_of(16384));
const TextRule certificate_chain = document_of(2097152);
const TextRule certificate_id = id_of(24);
const TextRule ssh_public_key_id = id_of(20);
const TextRule service_specific_credential_id = id_of(20);
const TextRule service_name = {};

const TextRule virtual_mfa_device_name = {
    .min = 1, .pattern = name_pattern, .matches = is_name, .explained = name_words};
const TextRule serial_number = {.min = 9, .max = 256, .pattern = R"([\w+=/:,.@-]+)", .matches = is_serial_number};
const TextRule authentication_code = {
    .min = 6, .max = 6, .pattern = R"([\d]+)", .matches = is_code, .secret = true};
const TextRule assignment_status = {.values = assignments};

const NumberRule role_max_session_duration = {.min = 3600, .max = 43200};
const NumberRule credential_age_days = {.min = 1, .max = 36600};

const TextRule credential_status = {.values = statuses};
const TextRule ssh_key_encoding = {.values = encodings};
const TextRule policy_scope = {.values = scopes};
const TextRule policy_usage = {.values = usages};
const TextRule entity_type = {.values = entity_types};

const TextRule service_namespace = {
    .min = 1, .max = 64, .pattern = R"([\w-]*)", .matches = is_namespace, .says_not_null = true};
const TextRule single_service_namespace = {.min = 1, .max = 64, .pattern = R"([\w-]*)", .matches = is_namespace};
const TextRule report_granularity = {.values = granularities};
const TextRule job_id = {.min = 36, .max = 36};
const TextRule report_sort_key = {.values = report_sort_keys};
const TextRule organizations_entity_path = {.min = 19,
                                            .max = 427,
                                            .pattern = R"(^o-[0-9a-z]{10,32}\/r-[0-9a-z]{4,32}[0-9a-z-\/]*)",
                                            .matches = is_organizations_path};
const TextRule organizations_policy_id = {.pattern = "^p-[0-9a-zA-Z_]{8,128}$", .matches = is_organizations_policy_id};

}  // namespace iamlocal::iam::shape
