#include "api/shapes.hpp"

#include <algorithm>
#include <cstdint>
#include <utf8proc.h>

namespace iamlocal::shape {
namespace {

using std::string_view;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }
bool is_one_of(char c, string_view set) { return set.find(c) != string_view::npos; }

template <class Predicate>
bool every(string_view text, Predicate predicate) {
    return std::all_of(text.begin(), text.end(), predicate);
}

/// Walks the code points of a text; the parameters of a request are well-formed UTF-8 by the time they get here.
template <class Predicate>
bool every_code_point(string_view text, Predicate predicate) {
    auto rest = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t code = 0;
        const utf8proc_ssize_t length = utf8proc_iterate(rest, left, &code);
        if (length <= 0 || !predicate(code)) return false;
        rest += length;
        left -= length;
    }
    return true;
}

bool is_name(string_view text) {
    return !text.empty() && every(text, [](char c) { return is_word(c) || is_one_of(c, "+=,.@-"); });
}

bool is_path(string_view text) {
    if (text == "/") return true;
    return text.size() >= 3 && text.front() == '/' && text.back() == '/' &&
           every(text, [](char c) { return c >= '!' && c <= '~'; });
}

/// '!' to DEL; a char above DEL is negative.
bool is_path_prefix(string_view text) {
    return !text.empty() && text.front() == '/' && every(text, [](char c) { return c >= '!'; });
}

bool is_policy_path(string_view text) {
    if (text.empty() || text.front() != '/' || text.back() != '/') return false;
    if (text.find("//") != string_view::npos) return false;
    return every(text, [](char c) { return is_word(c) || is_one_of(c, "/.,+@=-"); });
}

/// Latin-1 without control characters other than tab and line ends.
bool is_document(string_view text) {
    return !text.empty() && every_code_point(text, [](utf8proc_int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xff);
    });
}

bool is_role_description(string_view text) {
    return every_code_point(text, [](utf8proc_int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa1 && c <= 0xff);
    });
}

bool is_marker(string_view text) {
    return !text.empty() && every_code_point(text, [](utf8proc_int32_t c) { return c >= 0x20 && c <= 0xff; });
}

bool is_sts_text(string_view text) {
    return !text.empty() && every_code_point(text, [](utf8proc_int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || c == 0x85 ||
               (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
    });
}

/// Letters, separators and numbers of any script, and a few signs.
bool is_tag_text(string_view text) {
    return every_code_point(text, [](utf8proc_int32_t c) {
        if (c < 0x80) {
            const char ascii = static_cast<char>(c);
            return (is_word(ascii) || ascii == ' ' || is_one_of(ascii, ".:/=+-@"));
        }
        switch (utf8proc_category(c)) {
            case UTF8PROC_CATEGORY_LU:
            case UTF8PROC_CATEGORY_LL:
            case UTF8PROC_CATEGORY_LT:
            case UTF8PROC_CATEGORY_LM:
            case UTF8PROC_CATEGORY_LO:
            case UTF8PROC_CATEGORY_ZS:
            case UTF8PROC_CATEGORY_ZL:
            case UTF8PROC_CATEGORY_ZP:
            case UTF8PROC_CATEGORY_ND:
            case UTF8PROC_CATEGORY_NL:
            case UTF8PROC_CATEGORY_NO:
                return true;
            default:
                return false;
        }
    });
}

bool is_tag_key(string_view text) { return !text.empty() && is_tag_text(text); }

bool is_word_text(string_view text) { return every(text, is_word); }
bool is_key_id(string_view text) { return !text.empty() && is_word_text(text); }

bool is_version_id(string_view text) {
    if (text.size() < 2 || text[0] != 'v' || text[1] < '1' || text[1] > '9') return false;
    text.remove_prefix(2);
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    if (text.empty()) return true;
    return text.front() == '.' && every(text.substr(1), [](char c) { return (is_word(c) && c != '_') || c == '-'; });
}

bool is_alias(string_view text) {
    const auto inner = [](char c) { return is_lower(c) || is_digit(c); };
    if (text.size() < 3 || text.size() > 63 || !inner(text.front()) || !inner(text.back())) return false;
    if (text.find("--") != string_view::npos) return false;
    return every(text, [&](char c) { return inner(c) || c == '-'; });
}

bool is_session_name(string_view text) { return text.empty() || is_name(text); }
bool is_external_id(string_view text) {
    return every(text, [](char c) { return is_word(c) || is_one_of(c, "+=,.@:/-"); });
}
bool is_serial_number(string_view text) {
    return every(text, [](char c) { return is_word(c) || is_one_of(c, "+=/:,.@-"); });
}
bool is_token_code(string_view text) { return every(text, is_digit); }

constexpr const char* name_pattern = R"([\w+=,.@-]+)";
constexpr const char* document_pattern = R"([\u0009\u000A\u000D\u0020-\u00FF]+)";
constexpr const char* sts_arn_pattern =
    R"([\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+)";

constexpr TextRule name_of(std::size_t max) {
    return {.min = 1, .max = max, .pattern = name_pattern, .matches = is_name, .entity_name = true};
}

constexpr const char* statuses[] = {"Active", "Inactive", "Expired"};
constexpr const char* scopes[] = {"All", "AWS", "Local"};
constexpr const char* usages[] = {"PermissionsPolicy", "PermissionsBoundary"};
constexpr const char* entity_types[] = {"User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"};

}  // namespace

const TextRule user_name = name_of(64);
const TextRule existing_user_name = name_of(128);
const TextRule group_name = name_of(128);
const TextRule role_name = name_of(64);
const TextRule policy_name = name_of(128);
const TextRule instance_profile_name = name_of(128);
const TextRule account_alias = {
    .min = 3, .max = 63, .pattern = R"(^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$)", .matches = is_alias};

const TextRule path = {
    .min = 1, .max = 512, .pattern = R"((\u002F)|(\u002F[\u0021-\u007E]+\u002F))", .matches = is_path};
const TextRule path_prefix = {.min = 1, .max = 512, .pattern = R"(\u002F[\u0021-\u007F]*)", .matches = is_path_prefix};
const TextRule policy_path = {
    .min = 1, .max = 512, .pattern = R"(((/[A-Za-z0-9\.,\+@=_-]+)*)/)", .matches = is_policy_path};
const TextRule arn = {.min = 20, .max = 2048};
const TextRule policy_document = {.min = 1, .max = 131072, .pattern = document_pattern, .matches = is_document};
const TextRule policy_description = {.max = 1000};
const TextRule role_description = {
    .max = 1000, .pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*)", .matches = is_role_description};
const TextRule policy_version_id = {.pattern = R"(v[1-9][0-9]*(\.[A-Za-z0-9-]*)?)", .matches = is_version_id};
const TextRule access_key_id = {.min = 16, .max = 128, .pattern = R"([\w]+)", .matches = is_key_id};

const TextRule tag_key = {.min = 1, .max = 128, .pattern = R"([\p{L}\p{Z}\p{N}_.:/=+\-@]+)", .matches = is_tag_key};
const TextRule tag_value = {.max = 256, .pattern = R"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", .matches = is_tag_text};
const ListRule tags = {.max = 50};

const TextRule marker = {.min = 1, .max = 320, .pattern = R"([\u0020-\u00FF]+)", .matches = is_marker};
const NumberRule max_items = {.min = 1, .max = 1000};
const NumberRule role_max_session_duration = {.min = 3600, .max = 43200};

const TextRule access_key_status = {.values = statuses};
const TextRule policy_scope = {.values = scopes};
const TextRule policy_usage = {.values = usages};
const TextRule entity_type = {.values = entity_types};

namespace sts {
const TextRule access_key_id = {.min = 16, .max = 128, .pattern = R"([\w]*)", .matches = is_word_text};
const TextRule arn = {.min = 20, .max = 2048, .pattern = sts_arn_pattern, .matches = is_sts_text};
const TextRule role_session_name = {.min = 2, .max = 64, .pattern = R"([\w+=,.@-]*)", .matches = is_session_name};
const TextRule session_policy = {.min = 1, .pattern = document_pattern, .matches = is_document};
const TextRule external_id = {.min = 2, .max = 1224, .pattern = R"([\w+=,.@:\/-]*)", .matches = is_external_id};
const TextRule serial_number = {.min = 9, .max = 256, .pattern = R"([\w+=/:,.@-]*)", .matches = is_serial_number};
const TextRule token_code = {.min = 6, .max = 6, .pattern = R"([\d]*)", .matches = is_token_code};
const TextRule source_identity = {.min = 2, .max = 64, .pattern = R"([\w+=,.@-]*)", .matches = is_session_name};
const TextRule context_assertion = {.min = 4, .max = 2048};
const TextRule encoded_message = {.min = 1, .max = 10240};
const NumberRule role_duration = {.min = 900, .max = 43200};
const NumberRule session_duration = {.min = 900, .max = 129600};
const NumberRule minimum_token_size = {.min = 0, .max = 4096};
const ListRule policy_arns = {};
const ListRule provided_contexts = {.min = 1, .max = 5};
}  // namespace sts

}  // namespace iamlocal::shape
