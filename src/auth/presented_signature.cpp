#include "auth/presented_signature.hpp"

#include <algorithm>
#include <charconv>

#include "auth/request_target.hpp"
#include "aws/regions.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal::auth {
namespace {

using Text = std::optional<std::string_view>;
using Problem = std::optional<SignatureError>;

constexpr std::string_view signature_prefix = "X-Amz-";
constexpr std::int64_t longest_expiry = 604800;  // seven days

bool is_blank(char c) { return c == ' ' || c == '\t'; }

Text find_header(const http::Request& request, std::string_view name) {
    for (const http::Header& header : request.headers)
        if (equals_ignoring_case(header.name, name)) return header.value;
    return std::nullopt;
}

// ---- what both carriers share

Problem read_credential(std::string_view credential, Presented& out) {
    std::array<std::string_view, 5> parts;
    std::size_t count = 0;
    std::string_view rest = credential;
    while (true) {
        const std::size_t slash = rest.find('/');
        if (count == parts.size()) return malformed_credential(credential);
        parts[count++] = rest.substr(0, slash);
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    if (count != parts.size() || parts[0].empty()) return malformed_credential(credential);
    out.access_key_id = parts[0];
    out.scope = credential.substr(parts[0].size() + 1);
    out.date = parts[1];
    out.region = parts[2];
    out.service = parts[3];
    out.terminator = parts[4];
    return std::nullopt;
}

void keep_timestamp(std::string_view text, Presented& out) {
    std::copy_n(text.begin(), std::min(text.size(), out.timestamp_text.size()), out.timestamp_text.begin());
}

Problem read_amz_date(std::string_view text, Presented& out) {
    const std::optional<Seconds> at = parse_amz_date(text);
    if (!at) return malformed_date(text);
    out.at = *at;
    keep_timestamp(text, out);
    return std::nullopt;
}

/// HTTP's Date header serves where X-Amz-Date is absent, in either form. botocore writes the zone as mail does.
Problem read_http_date(std::string_view text, Presented& out) {
    constexpr std::string_view mail_zone = " -0000";
    std::optional<Seconds> at = parse_http_date(text);
    if (!at && text.ends_with(mail_zone))
        at = parse_http_date(std::string(text.substr(0, text.size() - mail_zone.size())) + " GMT");
    if (!at) return read_amz_date(text, out);
    out.at = *at;
    keep_timestamp(format_amz_date(*at), out);
    return std::nullopt;
}

/// A list that could be read in more than one way would have more than one canonical request.
Problem read_signed_headers(std::string_view list, Presented& out) {
    std::string_view previous;
    bool good = true;
    for_each_signed(list, [&](std::string_view name) {
        good = good && name > previous && std::none_of(name.begin(), name.end(), [](char c) {
                   return c <= ' ' || c == 0x7f || (c >= 'A' && c <= 'Z');
               });
        previous = name;
    });
    if (!good) return malformed_signed_headers(list);
    out.signed_headers = list;
    return std::nullopt;
}

// ---- the Authorization header

struct HeaderParameters {
    Text credential, signed_headers, signature;
};

Problem read_pairs(std::string_view text, std::string_view authorization, HeaderParameters& out) {
    const auto separates = [](char c) { return is_blank(c) || c == ','; };
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        at = std::find_if_not(at, end, separates);
        if (at == end) return std::nullopt;
        const char* const begin = at;
        at = std::find_if(at, end, separates);
        const std::string_view pair(begin, static_cast<std::size_t>(at - begin));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return not_a_key_value_pair(pair, authorization);
        const std::string_view name = pair.substr(0, equals);
        Text* const slot = name == "Credential"      ? &out.credential
                           : name == "SignedHeaders" ? &out.signed_headers
                           : name == "Signature"     ? &out.signature
                                                     : nullptr;
        if (slot == nullptr) continue;
        if (*slot) return repeated_parameter(name);
        *slot = pair.substr(equals + 1);
    }
}

ReadSignature read_header(const http::Request& request, std::string_view authorization) {
    while (!authorization.empty() && is_blank(authorization.front())) authorization.remove_prefix(1);
    const auto after_scheme = std::find_if(authorization.begin(), authorization.end(), is_blank);
    const auto scheme_size = static_cast<std::size_t>(after_scheme - authorization.begin());
    const std::string_view scheme = authorization.substr(0, scheme_size);

    HeaderParameters found;
    if (auto problem = read_pairs(authorization.substr(scheme_size), authorization, found)) return *std::move(problem);
    const Text amz_date = find_header(request, "x-amz-date");
    const Text date = amz_date ? amz_date : find_header(request, "date");
    const MissingFromHeader missing{!found.credential, !found.signature, !found.signed_headers, !date};
    if (missing.any()) return incomplete_header(missing, authorization);
    if (scheme != sigv4_algorithm) return unsupported_algorithm(scheme);

    Presented out;
    out.carrier = Carrier::header;
    if (auto problem = read_credential(*found.credential, out)) return *std::move(problem);
    if (auto problem = amz_date ? read_amz_date(*date, out) : read_http_date(*date, out)) return *std::move(problem);
    if (auto problem = read_signed_headers(*found.signed_headers, out)) return *std::move(problem);
    out.signature = *found.signature;
    out.session_token = request.header("x-amz-security-token");
    return out;
}

// ---- the presigned query

struct QueryParameters {
    Text algorithm, credential, date, expires, signed_headers, signature, session_token;
    Text repeated;  ///< the name of a parameter that came twice

    /// X-Amz-Date and others mean nothing by themselves.
    bool any() const { return algorithm || credential || signature; }
};

Text* slot_of(std::string_view name, QueryParameters& out) {
    if (name == "X-Amz-Algorithm") return &out.algorithm;
    if (name == "X-Amz-Credential") return &out.credential;
    if (name == "X-Amz-Date") return &out.date;
    if (name == "X-Amz-Expires") return &out.expires;
    if (name == "X-Amz-SignedHeaders") return &out.signed_headers;
    if (name == "X-Amz-Signature") return &out.signature;
    if (name == "X-Amz-Security-Token") return &out.session_token;
    return nullptr;
}

/// The decoded values are kept in `memory`, which must not move meanwhile: decoding never makes a text longer.
QueryParameters find_query_parameters(std::string_view query, std::string& memory) {
    memory.clear();
    memory.reserve(query.size());
    const auto decode = [&](std::string_view text) {
        const std::size_t begin = memory.size();
        decode_bytes(text, [&](char c) { memory.push_back(c); });
        return std::string_view(memory).substr(begin);
    };
    QueryParameters out;
    FormPairs pairs(query);
    while (const auto pair = pairs.next()) {
        const std::string_view name = decode(pair->name);
        if (!name.starts_with(signature_prefix)) continue;
        Text* const slot = slot_of(name, out);
        if (slot == nullptr) continue;
        if (*slot) out.repeated = name;
        *slot = decode(pair->value);
    }
    return out;
}

ReadSignature read_query(const http::Request& request, const QueryParameters& found) {
    if (found.repeated) return repeated_parameter(*found.repeated);
    const MissingFromQuery missing{!found.algorithm, !found.credential, !found.signature, !found.signed_headers,
                                   !found.date};
    if (missing.any()) return incomplete_query(missing);
    if (*found.algorithm != sigv4_algorithm) return unsupported_algorithm(*found.algorithm);

    Presented out;
    out.carrier = Carrier::query;
    if (auto problem = read_credential(*found.credential, out)) return *std::move(problem);
    if (auto problem = read_amz_date(*found.date, out)) return *std::move(problem);
    if (auto problem = read_signed_headers(*found.signed_headers, out)) return *std::move(problem);
    if (found.expires) {
        const std::string_view text = *found.expires;
        std::int64_t seconds = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (error != std::errc{} || end != text.data() + text.size() || seconds < 1 || seconds > longest_expiry)
            return malformed_expires(text);
        out.expires = std::chrono::seconds(seconds);
    }
    out.signature = *found.signature;
    // Clients that sign headers only send the token as one.
    out.session_token = found.session_token ? *found.session_token : request.header("x-amz-security-token");
    return out;
}

bool is_signed(std::string_view signed_headers, std::string_view name) {
    bool found = false;
    for_each_signed(signed_headers,
                    [&](std::string_view candidate) { found = found || equals_ignoring_case(candidate, name); });
    return found;
}

/// Headers that change what a request is. Others may come unsigned: nothing is made of them.
bool must_be_signed(std::string_view name) {
    constexpr std::string_view prefix = "x-amz-";
    if (name.size() <= prefix.size() || !equals_ignoring_case(name.substr(0, prefix.size()), prefix)) return false;
    name.remove_prefix(prefix.size());
    return equals_ignoring_case(name, "date") || equals_ignoring_case(name, "security-token") ||
           equals_ignoring_case(name, "target");
}

Problem check_scope(const Presented& presented, const Expected& expected) {
    ScopeFindings findings;
    findings.region = !aws::is_region_name(presented.region);
    findings.service = presented.service != expected.service;
    findings.terminator = presented.terminator != sigv4_terminator;
    findings.date = presented.date != presented.timestamp().substr(0, 8);
    if (!findings.any()) return std::nullopt;
    return wrong_scope(findings, {presented.date, presented.terminator, presented.timestamp(), expected.service});
}

Problem check_time(const Presented& presented, const Expected& expected) {
    std::chrono::seconds lifetime = signature_window;
    if (expected.lifetime == PresignedLifetime::as_requested && presented.expires) lifetime = *presented.expires;
    if (presented.at + lifetime < expected.now) return signature_expired(presented.at, expected.now, lifetime);
    if (presented.at - signature_window > expected.now)
        return signature_not_yet_current(presented.at, expected.now, signature_window);
    return std::nullopt;
}

/// The list must have the host header, and date, session token and target where the request has them. Clients send
/// others unsigned, such as x-amz-content-sha256: the body's own hash is what is verified.
Problem check_signed_headers(const http::Request& request, const Presented& presented) {
    // Whoever names more headers than were sent has signed some that were not. Looking for each would take long.
    std::size_t names = 0;
    for_each_signed(presented.signed_headers, [&](std::string_view) { ++names; });
    if (names > request.headers.size()) return signed_header_not_sent();
    if (!is_signed(presented.signed_headers, "host")) return host_not_signed();
    for (const http::Header& header : request.headers)
        if (must_be_signed(header.name) && !is_signed(presented.signed_headers, header.name))
            return header_not_signed(fold_case(header.name));
    return std::nullopt;
}

}  // namespace

ReadSignature read_signature(const http::Request& request, Scratch& scratch) {
    Text authorization;
    for (const http::Header& header : request.headers) {
        if (!equals_ignoring_case(header.name, "authorization")) continue;
        if (authorization) return more_than_one_signature();
        authorization = header.value;
    }
    const std::string_view query = split_target(request.target).query;
    if (query.empty()) return authorization ? read_header(request, *authorization) : NotSigned{};
    const QueryParameters found = find_query_parameters(query, scratch.decoded);
    if (found.any() && authorization) return more_than_one_signature();
    if (found.any()) return read_query(request, found);
    return authorization ? read_header(request, *authorization) : NotSigned{};
}

std::optional<SignatureError> check_presented(const http::Request& request, const Presented& presented,
                                              const Expected& expected) {
    if (auto problem = check_scope(presented, expected)) return problem;
    if (auto problem = check_time(presented, expected)) return problem;
    return check_signed_headers(request, presented);
}

}  // namespace iamlocal::auth
