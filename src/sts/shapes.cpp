#include "sts/shapes.hpp"

#include "api/shape_text.hpp"

namespace iamlocal::sts::shape {
namespace {

bool is_arn(std::string_view text) {
    return !text.empty() && every_code_point(text, [](std::int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || c == 0x85 ||
               (c >= 0xa0 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
    });
}

bool is_word_text(std::string_view text) { return every(text, is_word); }

bool is_session_name(std::string_view text) { return text.empty() || is_name(text); }

bool is_external_id(std::string_view text) {
    return every(text, [](char c) { return is_word(c) || is_one_of(c, "+=,.@:/-"); });
}

bool is_serial_number(std::string_view text) {
    return every(text, [](char c) { return is_word(c) || is_one_of(c, "+=/:,.@-"); });
}

bool is_token_code(std::string_view text) { return every(text, is_digit); }

constexpr const char* arn_pattern =
    R"([\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+)";

}  // namespace

const TextRule access_key_id = {.min = 16, .max = 128, .pattern = R"([\w]*)", .matches = is_word_text};
const TextRule arn = {.min = 20, .max = 2048, .pattern = arn_pattern, .matches = is_arn};
const TextRule role_session_name = {.min = 2, .max = 64, .pattern = R"([\w+=,.@-]*)", .matches = is_session_name};
const TextRule session_policy = {.min = 1, .pattern = document_pattern, .matches = is_document};
const TextRule short_session_policy = {.min = 1, .max = 2048, .pattern = document_pattern, .matches = is_document};
const TextRule federated_user_name = {.min = 2, .max = 32, .pattern = R"([\w+=,.@-]*)", .matches = is_session_name};
const TextRule target_principal = {.min = 12, .max = 2048};
const TextRule trade_in_token = {.secret = true};
const TextRule scoped_session_description = {.max = 256};
const TextRule external_id = {.min = 2, .max = 1224, .pattern = R"([\w+=,.@:\/-]*)", .matches = is_external_id};
const TextRule serial_number = {.min = 9, .max = 256, .pattern = R"([\w+=/:,.@-]*)", .matches = is_serial_number};
const TextRule token_code = {
    .min = 6, .max = 6, .pattern = R"([\d]*)", .matches = is_token_code, .secret = true};
const TextRule source_identity = {.min = 2, .max = 64, .pattern = R"([\w+=,.@-]*)", .matches = is_session_name};
const TextRule client_token = {.min = 4, .max = 20000, .secret = true};
const TextRule provider_id = {.min = 4, .max = 2048};
const TextRule saml_assertion = {.min = 4, .max = 100000, .secret = true};
const TextRule context_assertion = {.min = 4, .max = 2048, .secret = true};
const TextRule encoded_message = {.min = 1, .max = 10240};
const NumberRule role_duration = {.min = 900, .max = 43200};
const NumberRule session_duration = {.min = 900, .max = 129600};
const NumberRule root_duration = {.min = 0, .max = 900};
const NumberRule scoped_duration = {.min = 1, .max = 129600};
const NumberRule minimum_token_size = {.min = 0, .max = 4096};
const ListRule policy_arns = {};
const ListRule provided_contexts = {.min = 1, .max = 5};

}  // namespace iamlocal::sts::shape
