// Checks of condition values: can the operator read them, and can the key ever have them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/service_principals.hpp"
#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

using policy::Address;
using policy::AddressRange;
using policy::Family;

bool has_variable(const Value& value) { return value.text.find("${") != std::string::npos; }

/// Calls `rule` for the values of conditions with an operator of this family. Values with variables are not known yet.
template <class Rule>
void each_value(const Statement& statement, Family family, Rule rule) {
    for (const Condition& condition : statement.conditions) {
        if (!condition.is(family)) continue;
        for (const Value* value : condition.values) {
            if (!has_variable(*value)) rule(condition, *value);
        }
    }
}

template <class Rule>
void each_text_value(const Statement& statement, Rule rule) {
    each_value(statement, Family::string, rule);
    each_value(statement, Family::folded_string, rule);
}

void type_mismatch_boolean(const Document&, const Statement& statement, Report& report) {
    for (const Family family : {Family::boolean, Family::null}) {
        each_value(statement, family, [&](const Condition& condition, const Value& value) {
            const std::string folded = fold_case(value.text);
            if (folded == "true" || folded == "false") return;
            report.add(value, fmt::format("Add a valid Boolean value (true or false) for the condition operator {}.",
                                          condition.operator_text));
        });
    }
}

void invalid_region_value(const Document&, const Statement& statement, Report& report) {
    each_text_value(statement, [&](const Condition& condition, const Value& value) {
        const bool is_ours = condition.folded_key.ends_with(":region") && condition.folded_key != "aws:requestedregion";
        if (!is_ours) return;  // aws:RequestedRegion has a check of AWS's
        // Calls of global services of some partitions have names of their own.
        if (has_wildcard(value.text) || value.text == "aws-global" || is_region(value.text)) return;
        const std::string similar = similar_region(value.text);
        report.add(value, fmt::format("The Region '{}' is not valid. {}", value.text,
                                      similar.empty() ? "Write one such as us-east-1."
                                                      : fmt::format("Did you mean {}?", similar)));
    });
}

void type_mismatch_number(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::numeric, [&](const Condition& condition, const Value& value) {
        if (policy::Decimal::parse(value.text)) return;
        report.add(value,
                   fmt::format("Add a valid numeric value for the condition operator {}.", condition.operator_text));
    });
}

bool is_epoch(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void type_mismatch_date(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::date, [&](const Condition&, const Value& value) {
        if (policy::PreciseInstant::parse(value.text)) return;
        report.add(
            value,
            fmt::format("The date condition operator is used with an invalid value {}. Specify a valid date using "
                        "YYYY-MM-DD or other ISO 8601 date/time format.",
                        value.text));
    });
}

void invalid_date_value(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::date, [&](const Condition& condition, const Value& value) {
        if (!is_epoch(value.text) || condition.folded_key == "aws:epochtime") return;
        report.add(value,
                   fmt::format("The date {} might not resolve as expected. We recommend that you use the YYYY-MM-DD "
                               "format.",
                               value.text));
    });
}

void type_mismatch_ip_range(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::ip, [&](const Condition& condition, const Value& value) {
        if (AddressRange::parse(value.text)) return;
        report.add(
            value,
            fmt::format("The condition operator {} is used with an invalid IP range value {}. Specify the IP range "
                        "in standard CIDR format.",
                        condition.operator_text, value.text));
    });
}

void type_mismatch_string(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::binary, [&](const Condition& condition, const Value& value) {
        if (policy::Bytes::parse(value.text)) return;
        report.add(value, fmt::format("Add a valid base64-encoded string value for the condition operator {}.",
                                      condition.operator_text));
    });
}

void type_mismatch_arn(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::arn, [&](const Condition& condition, const Value& value) {
        const std::optional<ArnParts> parts = ArnParts::split(value.text);
        const bool is_arn = parts && (parts->part[0] == "arn" || has_wildcard(parts->part[0]));
        // A lone `*` is meant for every ARN.
        if (is_arn || value.text == "*") return;
        report.add(value,
                   fmt::format("The condition operator {} is used with the value {}, which is no ARN of six parts.",
                               condition.operator_text, value.text));
    });
}

bool in(const AddressRange& outer, const AddressRange& inner) {
    return outer.prefix <= inner.prefix && outer.contains(inner.base);
}

bool is_private(const AddressRange& range) {
    static const std::array<AddressRange, 4> private_ranges{
        *AddressRange::parse("10.0.0.0/8"), *AddressRange::parse("172.16.0.0/12"),
        *AddressRange::parse("192.168.0.0/16"), *AddressRange::parse("fc00::/7")};
    return std::any_of(private_ranges.begin(), private_ranges.end(),
                       [&](const AddressRange& outer) { return in(outer, range); });
}

/// The four checks of private addresses: with which operator, and whether all addresses are private or only some.
template <bool negated, bool all>
void private_addresses(const Document&, const Statement& statement, Report& report) {
    constexpr std::string_view only_public = "aws:SourceIp works only for public IP address ranges.";
    for (const Condition& condition : statement.conditions) {
        if (condition.folded_key != "aws:sourceip" || !condition.is(Family::ip) ||
            condition.op->op->negated != negated) {
            continue;
        }
        const Value* first_private = nullptr;
        std::size_t count = 0;
        for (const Value* value : condition.values) {
            const std::optional<AddressRange> range = AddressRange::parse(value->text);
            if (!range || !is_private(*range)) continue;
            if (!first_private) first_private = value;
            ++count;
        }
        if (count == 0 || (count == condition.values.size()) != all) continue;
        report.add(
            *first_private,
            all ? fmt::format("The values for condition key aws:SourceIp include only private IP addresses and {}. {}",
                              negated ? "have no effect" : "will not have the desired effect", only_public)
                : fmt::format(
                      "The values for condition key aws:SourceIp include a mix of private and public IP addresses. "
                      "The private addresses have no effect. {} To define permissions for private IP ranges, use "
                      "aws:VpcSourceIp.",
                      only_public));
    }
}

std::string print(const Address& address) {
    if (!address.v6) {
        return fmt::format("{}.{}.{}.{}", address.bytes[0], address.bytes[1], address.bytes[2], address.bytes[3]);
    }
    std::string text;
    for (std::size_t i = 0; i < 16; i += 2) {
        text += fmt::format("{}{:x}", i == 0 ? "" : ":", address.bytes[i] << 8 | address.bytes[i + 1]);
    }
    return text;
}

Address masked(const AddressRange& range) {
    Address address = range.base;
    for (unsigned bit = range.prefix; bit < (address.v6 ? 128U : 32U); ++bit) {
        address.bytes[bit / 8] = static_cast<std::uint8_t>(address.bytes[bit / 8] & ~(0x80U >> bit % 8));
    }
    return address;
}

/// The range without bits behind its mask, where it has some.
std::optional<Address> better_network(const AddressRange& range) {
    const Address network = masked(range);
    if (network.bytes == range.base.bytes) return std::nullopt;
    return network;
}

void improve_ip_range(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::ip, [&](const Condition&, const Value& value) {
        const std::optional<AddressRange> range = AddressRange::parse(value.text);
        if (!range || range->base.v6) return;
        const std::optional<Address> network = better_network(*range);
        if (!network) return;
        report.add(value,
                   fmt::format("The non-zero bits in the IP address after the masked bits are ignored. Replace address "
                               "with {}/{}.",
                               print(*network), range->prefix));
    });
}

void empty_ip_range(const Document&, const Statement& statement, Report& report) {
    each_value(statement, Family::ip, [&](const Condition&, const Value& value) {
        const std::optional<AddressRange> range = AddressRange::parse(value.text);
        if (!range || !range->base.v6) return;
        const std::optional<Address> network = better_network(*range);
        if (!network) return;
        report.add(value, fmt::format(
                              "An IPv6 network with non-zero bits after the masked bits matches no address. Replace it "
                              "with {}/{}.",
                              print(*network), range->prefix));
    });
}

void invalid_region(const Document&, const Statement& statement, Report& report) {
    each_text_value(statement, [&](const Condition& condition, const Value& value) {
        if (condition.folded_key != "aws:requestedregion" || has_wildcard(value.text)) return;
        // Calls of global services of some partitions have names of their own.
        if (value.text == "aws-global" || is_region(value.text)) return;
        const std::string similar = similar_region(value.text);
        report.add(value, fmt::format("The Region {} is not valid. {}", value.text,
                                      similar.empty() ? "Update the condition value to a supported Region."
                                                      : fmt::format("Did you mean {}?", similar)));
    });
}

/// `prefix` and eight or seventeen hexadecimal digits.
bool is_ec2_id(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return (text.size() == 8 || text.size() == 17) && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

template <bool endpoint>
void invalid_vpc_id(const Document&, const Statement& statement, Report& report) {
    constexpr std::string_view key = endpoint ? "aws:sourcevpce" : "aws:sourcevpc";
    constexpr std::string_view prefix = endpoint ? "vpce-" : "vpc-";
    each_text_value(statement, [&](const Condition& condition, const Value& value) {
        if (condition.folded_key != key || has_wildcard(value.text) || is_ec2_id(value.text, prefix)) return;
        report.add(value,
                   fmt::format("The VPC{} identifier {} in the condition key value is not valid. Use the prefix '{}' "
                               "followed by 8 or 17 alphanumeric characters.",
                               endpoint ? " endpoint" : "", value.text, prefix));
    });
}

constexpr std::array<std::string_view, 6> service_principal_keys{"aws:calledvia",       "aws:calledviafirst",
                                                                 "aws:calledvialast",   "aws:principalservicename",
                                                                 "iam:passedtoservice", "kms:viaservice"};

/// Of kms:ViaService, whose values have a Region: `s3.us-east-1.amazonaws.com`.
bool is_regional_service(std::string_view text) {
    const std::optional<std::string_view> name = aws::find_service_name(text);
    const std::size_t dot = name ? name->rfind('.') : std::string_view::npos;
    return dot != std::string_view::npos && is_region(name->substr(dot + 1));
}

void invalid_service_principal_format(const Document&, const Statement& statement, Report& report) {
    each_text_value(statement, [&](const Condition& condition, const Value& value) {
        const bool of_interest = std::find(service_principal_keys.begin(), service_principal_keys.end(),
                                           condition.folded_key) != service_principal_keys.end();
        if (!of_interest || has_wildcard(value.text)) return;
        const bool regional = condition.folded_key == "kms:viaservice";
        if (regional ? is_regional_service(value.text) : aws::is_service_principal(value.text)) return;
        report.add(value, fmt::format("The service principal {} does not match the expected format. Use the format "
                                      "service-name{}.amazonaws.com.",
                                      value.text, regional ? ".AWS_region" : ""));
    });
}

constexpr std::array<std::string_view, 5> account_keys{"aws:principalaccount", "aws:resourceaccount",
                                                       "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount"};

void invalid_account_value(const Document&, const Statement& statement, Report& report) {
    each_text_value(statement, [&](const Condition& condition, const Value& value) {
        const bool of_interest =
            std::find(account_keys.begin(), account_keys.end(), condition.folded_key) != account_keys.end();
        if (!of_interest || has_wildcard(value.text) || (value.text.size() == 12 && is_epoch(value.text))) return;
        report.add(value, fmt::format("The value {} of {} is no account ID of 12 digits and so matches nothing.",
                                      value.text, condition.key));
    });
}

constexpr std::string_view operators_page = "reference_policies_elements_condition_operators.html";

}  // namespace

std::span<const Check> value_checks() {
    static constexpr Check table[] = {
        {"INVALID_REGION_VALUE", Severity::warning, "A condition names a Region that is none.", invalid_region_value,
         nullptr, "reference_policies_condition-keys.html#condition-keys-requestedregion"},
        {"PRIVATE_IP_ADDRESS", Severity::error, "aws:SourceIp is compared with private addresses only.",
         private_addresses<false, true>},
        {"PRIVATE_NOT_IP_ADDRESS", Severity::error, "aws:SourceIp is only denied private addresses.",
         private_addresses<true, true>},
        {"INVALID_REGION", Severity::error, "aws:RequestedRegion is compared with what is no Region.", invalid_region},
        {"INVALID_VPC_FORMAT", Severity::error, "aws:SourceVpc is compared with what is no VPC.",
         invalid_vpc_id<false>},
        {"INVALID_VPCE_FORMAT", Severity::error, "aws:SourceVpce is compared with what is no VPC endpoint.",
         invalid_vpc_id<true>},
        {"INVALID_SERVICE_PRINCIPAL_FORMAT", Severity::error, "A key is compared with what is no service principal.",
         invalid_service_principal_format},
        {"TYPE_MISMATCH_BOOLEAN", Severity::warning, "A boolean is expected.", type_mismatch_boolean},
        {"TYPE_MISMATCH_NUMBER", Severity::warning, "A number is expected.", type_mismatch_number},
        {"TYPE_MISMATCH_DATE", Severity::warning, "A date is expected.", type_mismatch_date},
        {"TYPE_MISMATCH_IP_RANGE", Severity::warning, "An address or range of addresses is expected.",
         type_mismatch_ip_range},
        {"TYPE_MISMATCH_STRING", Severity::warning, "Base64 is expected.", type_mismatch_string},
        {"TYPE_MISMATCH_ARN", Severity::warning, "An ARN is expected.", type_mismatch_arn, nullptr, operators_page},
        {"EMPTY_IP_RANGE", Severity::warning, "An IPv6 network has bits behind its mask and so matches nothing.",
         empty_ip_range, nullptr, operators_page},
        {"INVALID_DATE_VALUE", Severity::warning, "A date is written in seconds since 1970.", invalid_date_value},
        {"INVALID_ACCOUNT_VALUE", Severity::warning, "An account is expected.", invalid_account_value, nullptr,
         "reference_policies_condition-keys.html"},
        {"IMPROVE_IP_RANGE", Severity::suggestion, "A range of IPv4 addresses has bits behind its mask.",
         improve_ip_range},
        {"PRIVATE_IP_ADDRESS_SUBSET", Severity::suggestion,
         "aws:SourceIp is compared with private addresses among others.", private_addresses<false, false>},
        {"PRIVATE_NOT_IP_ADDRESS_SUBSET", Severity::suggestion,
         "aws:SourceIp is denied private addresses among others.", private_addresses<true, false>},
    };
    return table;
}

}  // namespace iamlocal::lint
