// The signature that a request presents: parsed from the Authorization header or from a presigned query, and held
// against the service and the clock. Nothing here needs a secret; sigv4.hpp does the arithmetic.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/errors.hpp"
#include "base/clock.hpp"
#include "http/message/request.hpp"

namespace iamlocal::auth {

inline constexpr std::string_view sigv4_algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view sigv4_terminator = "aws4_request";

/// How far the client's clock may be off, and how long a signature is good: AWS's 15 minutes.
inline constexpr std::chrono::minutes signature_window{15};

/// Memory for reading and checking one signature after the other, one per worker: grows to the size of ordinary
/// requests, then nothing allocates. Views in a Presented point into it, until the next read_signature().
struct Scratch {
    std::string decoded;    ///< values of a presigned query
    std::string canonical;  ///< the canonical request
    std::string string_to_sign;
    std::string encoded_query;  ///< the parameters of the canonical query, unsorted
    struct Pair {
        std::string_view name;
        std::string_view value;
    };
    std::vector<Pair> pairs;                 ///< into encoded_query
    std::vector<std::string_view> segments;  ///< of the canonical path
};

enum class Carrier { header, query };

/// Views into the request and the Scratch it was read with.
struct Presented {
    Carrier carrier = Carrier::header;
    std::string_view access_key_id;
    std::string_view scope;  ///< date/region/service/terminator
    std::string_view date;   ///< YYYYMMDD, if the client got it right: check_presented() compares
    std::string_view region;
    std::string_view service;
    std::string_view terminator;
    std::string_view signed_headers;  ///< sorted lower-case names with ';' between
    std::string_view signature;
    std::string_view session_token;  ///< empty: none
    Seconds at;
    std::array<char, 16> timestamp_text{};
    std::optional<std::chrono::seconds> expires;  ///< X-Amz-Expires

    /// `at` as it was signed: YYYYMMDDThhmmssZ.
    std::string_view timestamp() const { return {timestamp_text.data(), timestamp_text.size()}; }
};

/// The request presents no signature. Fine for operations without one, else missing_authentication_token().
struct NotSigned {};

using ReadSignature = std::variant<NotSigned, Presented, SignatureError>;

/// Reads the Authorization header, or the X-Amz-* parameters of the query string.
[[nodiscard]] ReadSignature read_signature(const http::Request& request, Scratch& scratch);

/// How long a presigned request is good.
enum class PresignedLifetime {
    /// 15 minutes, whatever X-Amz-Expires says: how AWS STS does it (aws/aws-sdk-go#2167,
    /// kubernetes-sigs/aws-iam-authenticator#160). `aws eks get-token` depends on it: its URL says 60 seconds, and
    /// kubectl uses it for 14 minutes.
    window,
    /// X-Amz-Expires seconds; 15 minutes where it is absent.
    as_requested,
};

/// What the routed request must have been signed for.
struct Expected {
    std::string_view service;  ///< `iam` or `sts`
    Seconds now;
    PresignedLifetime lifetime = PresignedLifetime::window;
};

/// Holds credential scope, date and list of signed headers against the rules. Anything that looks like a region will
/// do, as clients with a custom endpoint sign for the region they are configured for.
[[nodiscard]] std::optional<SignatureError> check_presented(const http::Request& request, const Presented& presented,
                                                            const Expected& expected);

}  // namespace iamlocal::auth
