#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "sigv4_support.hpp"

namespace iamlocal::auth::test {
namespace {

using std::chrono::seconds;

constexpr const char* signature_text = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string scope = "20240229/eu-west-1/iam/aws4_request";
const std::string credential = "AKIAIOSFODNN7EXAMPLE/" + scope;
const std::string good = "AWS4-HMAC-SHA256 Credential=" + credential +
                         ", SignedHeaders=host;x-amz-date, Signature=" + std::string(signature_text);

Seconds at(const char* amz_date) { return parse_amz_date(amz_date).value(); }
const Seconds noon = at("20240229T120000Z");

SignedRequest with_authorization(std::string value) {
    SignedRequest request;
    request.headers = {
        {"Host", "localhost:4566"}, {"X-Amz-Date", "20240229T120000Z"}, {"Authorization", std::move(value)}};
    return request;
}

/// What read_signature() finds, with the memory that its views need.
struct Read {
    explicit Read(SignedRequest from) : signed_request(std::move(from)) {
        result = read_signature(signed_request.view(storage), scratch);
    }
    const Presented& presented() const { return std::get<Presented>(result); }
    const SignatureError& error() const { return std::get<SignatureError>(result); }

    SignedRequest signed_request;
    std::vector<http::Header> storage;
    Scratch scratch;
    ReadSignature result;
};

TEST(PresentedSignature, HeaderIsReadWhateverItsSpacing) {
    const std::string values[] = {
        good,
        "AWS4-HMAC-SHA256 Credential=" + credential + ",SignedHeaders=host;x-amz-date,Signature=" + signature_text,
        "AWS4-HMAC-SHA256   Credential=" + credential +
            " ,  SignedHeaders=host;x-amz-date  Signature=" + signature_text,
        "AWS4-HMAC-SHA256\tSignature=" + std::string(signature_text) +
            ",,SignedHeaders=host;x-amz-date, Credential=" + credential + ",",
        "  " + good + "  ",
        good + ", Unknown=1",
    };
    for (const std::string& value : values) {
        SCOPED_TRACE(value);
        const Read read(with_authorization(value));
        ASSERT_TRUE(std::holds_alternative<Presented>(read.result)) << read.error().message;
        const Presented& p = read.presented();
        EXPECT_EQ(p.carrier, Carrier::header);
        EXPECT_EQ(p.access_key_id, "AKIAIOSFODNN7EXAMPLE");
        EXPECT_EQ(p.scope, scope);
        EXPECT_EQ(p.date, "20240229");
        EXPECT_EQ(p.region, "eu-west-1");
        EXPECT_EQ(p.service, "iam");
        EXPECT_EQ(p.terminator, "aws4_request");
        EXPECT_EQ(p.signed_headers, "host;x-amz-date");
        EXPECT_EQ(p.signature, signature_text);
        EXPECT_EQ(p.session_token, "");
        EXPECT_EQ(p.at, noon);
        EXPECT_EQ(p.timestamp(), "20240229T120000Z");
        EXPECT_FALSE(p.expires);
    }
}

TEST(PresentedSignature, MalformedHeaders) {
    const std::string requires_date =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    const std::string requires_all =
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
        "Authorization header requires 'SignedHeaders' parameter. ";
    const std::string a = "AWS4-HMAC-SHA256 ";
    const std::string c = "Credential=" + credential;
    const std::string h = "SignedHeaders=host;x-amz-date";
    const std::string s = "Signature=" + std::string(signature_text);
    const auto five = [](const std::string& got) {
        return "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
               got + "'";
    };
    const auto no_pair = [](const std::string& pair, const std::string& value) {
        return "'" + pair + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" + value +
               "'.";
    };
    const auto bad_list = [](const std::string& list) {
        return "'SignedHeaders' must be lower-case names in alphabetical order, each once, with ';' between. Got '" +
               list + "'";
    };
    const struct {
        std::string value;
        std::string message;
    } cases[] = {
        {"", requires_all + "Authorization="},
        {"AWS4-HMAC-SHA256", requires_all + "Authorization=AWS4-HMAC-SHA256"},
        {"AWS AKIAIOSFODNN7EXAMPLE:qaNdqGsI6bq4Hi9Gzov=",
         requires_all + "Authorization=AWS AKIAIOSFODNN7EXAMPLE:qaNdqGsI6bq4Hi9Gzov="},
        {"eyJhbGciOi", requires_all + "Authorization=eyJhbGciOi"},
        {"Bearer eyJhbGciOi", no_pair("eyJhbGciOi", "Bearer eyJhbGciOi")},
        {a + c + ", " + h, "Authorization header requires 'Signature' parameter. Authorization=" + a + c + ", " + h},
        {a + c + ", " + s,
         "Authorization header requires 'SignedHeaders' parameter. Authorization=" + a + c + ", " + s},
        {a + h + ", " + s, "Authorization header requires 'Credential' parameter. Authorization=" + a + h + ", " + s},
        {a + "credential=x, " + h + ", " + s,
         "Authorization header requires 'Credential' parameter. Authorization=" + a + "credential=x, " + h + ", " + s},
        {a + "Credential= " + credential + ", " + h + ", " + s,
         no_pair(credential, a + "Credential= " + credential + ", " + h + ", " + s)},
        {a + c + ", SignedHeaders=host; x-amz-date, " + s,
         no_pair("x-amz-date", a + c + ", SignedHeaders=host; x-amz-date, " + s)},
        {a + c + ", " + c + ", " + h + ", " + s, "'Credential' is there more than once."},
        {a + c + ", " + h + ", " + s + ", " + s, "'Signature' is there more than once."},
        {"AWS4-HMAC-SHA512 " + c + ", " + h + ", " + s, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'."},
        {"aws4-hmac-sha256 " + c + ", " + h + ", " + s, "Unsupported AWS 'algorithm': 'aws4-hmac-sha256'."},
        {" " + c + ", " + h + ", " + s, requires_all.substr(0, 54) + "Authorization=" + c + ", " + h + ", " + s},
        {a + "Credential=, " + h + ", " + s, five("")},
        {a + "Credential=AKIA, " + h + ", " + s, five("AKIA")},
        {a + "Credential=a/b/c/d, " + h + ", " + s, five("a/b/c/d")},
        {a + "Credential=foo/bar/20240229/eu-west-1/iam/aws4_request, " + h + ", " + s,
         five("foo/bar/20240229/eu-west-1/iam/aws4_request")},
        {a + "Credential=/" + scope + ", " + h + ", " + s, five("/" + scope)},
        {a + c + ", SignedHeaders=x-amz-date;host, " + s, bad_list("x-amz-date;host")},
        {a + c + ", SignedHeaders=host;host;x-amz-date, " + s, bad_list("host;host;x-amz-date")},
        {a + c + ", SignedHeaders=Host;x-amz-date, " + s, bad_list("Host;x-amz-date")},
        {a + c + ", SignedHeaders=host;;x-amz-date, " + s, bad_list("host;;x-amz-date")},
        {a + c + ", SignedHeaders=;host, " + s, bad_list(";host")},
        {a + c + ", SignedHeaders=host;, " + s, bad_list("host;")},
        {a + c + ", SignedHeaders=;, " + s, bad_list(";")},
        {a + "\x01\xff", "'\x01\xff"},
    };
    for (const auto& c_ : cases) {
        SCOPED_TRACE(c_.value);
        const Read read(with_authorization(c_.value));
        ASSERT_TRUE(std::holds_alternative<SignatureError>(read.result));
        EXPECT_EQ(read.error().type, error_type::incomplete_signature);
        if (c_.message.starts_with("'\x01")) {
            EXPECT_EQ(read.error().message, no_pair("??", a + "??"));
        } else {
            EXPECT_EQ(read.error().message, c_.message);
        }
    }
    SignedRequest undated = with_authorization(a);
    std::erase_if(undated.headers, [](const auto& header) { return header.first == "X-Amz-Date"; });
    EXPECT_EQ(Read(undated).error().message, requires_all + requires_date + "Authorization=" + a);
}

TEST(PresentedSignature, NotSigned) {
    SignedRequest request;
    EXPECT_TRUE(std::holds_alternative<NotSigned>(Read(request).result));
    for (const char* target : {"/?", "/?Action=GetUser", "/?X-Amz-Date=20240229T120000Z", "/?x-amz-signature=1",
                               "/?AWSAccessKeyId=a&Signature=b", "/X-Amz-Signature=1", ""}) {
        SCOPED_TRACE(target);
        request.target = target;
        EXPECT_TRUE(std::holds_alternative<NotSigned>(Read(request).result));
    }
    EXPECT_EQ(missing_authentication_token().type, error_type::missing_authentication_token);
    EXPECT_EQ(missing_authentication_token().message, "Request is missing Authentication Token");
}

TEST(PresentedSignature, OnlyOne) {
    SignedRequest twice = with_authorization(good);
    twice.headers.emplace_back("authorization", good);
    SignedRequest both = with_authorization(good);
    for (const char* query : {"/?X-Amz-Algorithm=x", "/?X-Amz-Signature=", "/?X%2dAmz-Credential=%20"}) {
        both.target = query;
        EXPECT_EQ(Read(both).error().type, error_type::incomplete_signature) << query;
    }
    EXPECT_EQ(Read(twice).error().message, Read(both).error().message);
}

TEST(PresentedSignature, Dates) {
    const struct {
        const char* name;
        const char* value;
        const char* timestamp;  ///< or nullptr: refused
    } cases[] = {
        {"X-Amz-Date", "20240229T120000Z", "20240229T120000Z"},
        {"X-Amz-Date", "", nullptr},
        {"X-Amz-Date", "20240229", nullptr},
        {"X-Amz-Date", "20230229T120000Z", nullptr},
        {"X-Amz-Date", "20240229T250000Z", nullptr},
        {"X-Amz-Date", "20240229T120000", nullptr},
        {"X-Amz-Date", "20240229T120000Z ", nullptr},
        {"X-Amz-Date", "2024-02-29T12:00:00Z", nullptr},
        {"X-Amz-Date", "Thu, 29 Feb 2024 12:00:00 GMT", nullptr},
        {"Date", "Thu, 29 Feb 2024 12:00:00 GMT", "20240229T120000Z"},
        {"date", "Thu, 29 Feb 2024 12:00:00 -0000", "20240229T120000Z"},
        {"Date", "20240229T120000Z", "20240229T120000Z"},
        {"Date", "Thu, 29 Feb 2024 12:00:00 +0100", nullptr},
        {"Date", "yesterday", nullptr},
        {"Date", "-0000", nullptr},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.name) + ": " + c.value);
        SignedRequest request = with_authorization(good);
        request.headers[1] = {c.name, c.value};
        const Read read(request);
        if (c.timestamp == nullptr) {
            ASSERT_TRUE(std::holds_alternative<SignatureError>(read.result));
            EXPECT_EQ(read.error().type, error_type::incomplete_signature);
            EXPECT_EQ(read.error().message, std::string("Date must be in ISO-8601 'basic format'. Got '") + c.value +
                                                "'. See http://en.wikipedia.org/wiki/ISO_8601");
        } else {
            ASSERT_TRUE(std::holds_alternative<Presented>(read.result)) << read.error().message;
            EXPECT_EQ(read.presented().timestamp(), c.timestamp);
            EXPECT_EQ(read.presented().at, noon);
        }
    }
    SignedRequest request = with_authorization(good);
    request.headers.emplace(request.headers.begin(), "Date", "yesterday");
    EXPECT_EQ(Read(request).presented().at, noon) << "X-Amz-Date goes before Date";
}

TEST(PresentedSignature, Checks) {
    const auto error_of = [](const std::string& credential_text, const std::string& list, Seconds when,
                             const std::string& service = "iam") {
        SignedRequest request = with_authorization("AWS4-HMAC-SHA256 Credential=" + credential_text +
                                                   ", SignedHeaders=" + list + ", Signature=" + signature_text);
        request.headers.emplace_back("X-Amz-Security-Token", "token");
        const Read read(request);
        std::vector<http::Header> storage;
        return check_presented(read.signed_request.view(storage), read.presented(), {service, when});
    };
    const std::string list = "host;x-amz-date;x-amz-security-token";
    EXPECT_FALSE(error_of(credential, list, noon));
    EXPECT_FALSE(error_of("x/20240229/ap-southeast-7/iam/aws4_request", list, noon));
    EXPECT_FALSE(error_of("x/20240229/us-gov-east-1/sts/aws4_request", list, noon, "sts"));

    const struct {
        std::string credential;
        std::string list;
        Seconds when;
        std::string message;
    } cases[] = {
        {"x/20240229/eu-west-1/sts/aws4_request", list, noon, "Credential should be scoped to correct service: 'iam'."},
        {"x/20240229/eu-west-1/IAM/aws4_request", list, noon, "Credential should be scoped to correct service: 'iam'."},
        {"x/20240229/eu-west-1/iam/aws4", list, noon,
         "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'."},
        {"x/20240229//iam/aws4_request", list, noon, "Credential should be scoped to a valid region."},
        {"x/20240229/xx-nowhere-1/iam/aws4_request", list, noon, "Credential should be scoped to a valid region."},
        {"x/20240229/\xff/iam/aws4_request", list, noon, "Credential should be scoped to a valid region."},
        {"x/20240229/EU_WEST/iam/aws4_request", list, noon, "Credential should be scoped to a valid region."},
        {"x/20240229/" + std::string(33, 'a') + "/iam/aws4_request", list, noon,
         "Credential should be scoped to a valid region."},
        {"x/20240228/eu-west-1/iam/aws4_request", list, noon,
         "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20240228' != "
         "'20240229', from '20240229T120000Z'."},
        {"x//r//", list, noon,
         "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'iam'. "
         "Credential should be scoped with a valid terminator: "
         "'aws4_request', not ''. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
         "HTTP: '' != '20240229', from '20240229T120000Z'."},
        {credential, list, noon + seconds(901),
         "Signature expired: 20240229T120000Z is now earlier than 20240229T120001Z (20240229T121501Z - 15 min.)"},
        {credential, list, noon - seconds(901),
         "Signature not yet current: 20240229T120000Z is still later than 20240229T115959Z (20240229T114459Z + 15 "
         "min.)"},
        {credential, "", noon, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
        {credential, "x-amz-date", noon, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
        {credential, "host", noon, "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization."},
        {credential, "host;x-amz-date", noon,
         "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization."},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.credential + " " + c.list);
        const auto error = error_of(c.credential, c.list, c.when);
        ASSERT_TRUE(error);
        EXPECT_EQ(error->type, error_type::signature_does_not_match);
        EXPECT_EQ(error->message, c.message);
    }
    for (const int skew : {-900, 900}) EXPECT_FALSE(error_of(credential, list, noon + seconds(skew))) << skew;
}

std::string presigned_target(const std::string& more = "") {
    return "/?Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
           "AKIAIOSFODNN7EXAMPLE%2F20240229%2Feu-west-1%2Fiam%2Faws4_request&X-Amz-Date=20240229T120000Z"
           "&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=" +
           std::string(signature_text) + more;
}

SignedRequest presigned(const std::string& target) {
    SignedRequest request;
    request.method = "GET";
    request.target = target;
    request.headers = {{"host", "localhost:4566"}, {"x-k8s-aws-id", "cluster"}};
    return request;
}

TEST(PresentedSignature, PresignedQuery) {
    const Read read(presigned(presigned_target("&X-Amz-Expires=60&X-Amz-Security-Token=a%2Fb%2Bc%3D%3D")));
    ASSERT_TRUE(std::holds_alternative<Presented>(read.result)) << read.error().message;
    const Presented& p = read.presented();
    EXPECT_EQ(p.carrier, Carrier::query);
    EXPECT_EQ(p.access_key_id, "AKIAIOSFODNN7EXAMPLE");
    EXPECT_EQ(p.scope, scope);
    EXPECT_EQ(p.signed_headers, "host;x-k8s-aws-id");
    EXPECT_EQ(p.signature, signature_text);
    EXPECT_EQ(p.session_token, "a/b+c==");
    EXPECT_EQ(p.timestamp(), "20240229T120000Z");
    EXPECT_EQ(p.expires, seconds(60));

    EXPECT_FALSE(Read(presigned(presigned_target())).presented().expires);
    SignedRequest token_in_header = presigned(presigned_target());
    token_in_header.headers.emplace_back("X-Amz-Security-Token", "t");
    EXPECT_EQ(Read(token_in_header).presented().session_token, "t");
}

TEST(PresentedSignature, MalformedPresignedQueries) {
    const auto must = [](const char* name) {
        return std::string("AWS query-string parameters must include '") + name + "'. ";
    };
    const std::string again = "Re-examine the query-string parameters.";
    const auto without = [](const std::string& name) {
        std::string target = presigned_target();
        const std::size_t begin = target.find("&" + name + "=");
        target.erase(begin, target.find('&', begin + 1) - begin);
        return target;
    };
    const auto replaced = [](const std::string& from, const std::string& to) {
        std::string target = presigned_target();
        return target.replace(target.find(from), from.size(), to);
    };
    const auto expires = [](const std::string& got) {
        return "X-Amz-Expires must be a number of seconds from 1 to 604800 (a week). Got '" + got + "'";
    };
    const struct {
        std::string target;
        std::string message;
    } cases[] = {
        {"/?X-Amz-Signature=",
         must("X-Amz-Algorithm") + must("X-Amz-Credential") + must("X-Amz-SignedHeaders") + must("X-Amz-Date") + again},
        {"/?X-Amz-Algorithm",
         must("X-Amz-Credential") + must("X-Amz-Signature") + must("X-Amz-SignedHeaders") + must("X-Amz-Date") + again},
        {without("X-Amz-Algorithm"), must("X-Amz-Algorithm") + again},
        {without("X-Amz-Credential"), must("X-Amz-Credential") + again},
        {without("X-Amz-Date"), must("X-Amz-Date") + again},
        {without("X-Amz-SignedHeaders"), must("X-Amz-SignedHeaders") + again},
        {without("X-Amz-Signature"), must("X-Amz-Signature") + again},
        {replaced("HMAC-SHA256", "HMAC-MD5"), "Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5'."},
        {replaced("AKIAIOSFODNN7EXAMPLE%2F", ""),
         "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + scope +
             "'"},
        {replaced("20240229T120000Z", "noon"),
         "Date must be in ISO-8601 'basic format'. Got 'noon'. See http://en.wikipedia.org/wiki/ISO_8601"},
        {replaced("host%3Bx-k8s-aws-id", "x%3Ba"),
         "'SignedHeaders' must be lower-case names in alphabetical order, each once, with ';' between. Got 'x;a'"},
        {presigned_target("&X-Amz-Signature=0"), "'X-Amz-Signature' is there more than once."},
        {presigned_target("&X%2DAmz-Date=0"), "'X-Amz-Date' is there more than once."},
        {presigned_target("&X-Amz-Expires=0"), expires("0")},
        {presigned_target("&X-Amz-Expires=-1"), expires("-1")},
        {presigned_target("&X-Amz-Expires=604801"), expires("604801")},
        {presigned_target("&X-Amz-Expires=99999999999999999999"), expires("99999999999999999999")},
        {presigned_target("&X-Amz-Expires="), expires("")},
        {presigned_target("&X-Amz-Expires=60s"), expires("60s")},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.target);
        const Read read(presigned(c.target));
        ASSERT_TRUE(std::holds_alternative<SignatureError>(read.result));
        EXPECT_EQ(read.error().type, error_type::incomplete_signature);
        EXPECT_EQ(read.error().message, c.message);
    }
}

TEST(PresentedSignature, PresignedLifetimes) {
    const struct {
        const char* expires;
        PresignedLifetime lifetime;
        int good_for;
        const char* window;
    } cases[] = {
        {"", PresignedLifetime::window, 900, "15 min."},
        {"&X-Amz-Expires=60", PresignedLifetime::window, 900, "15 min."},
        {"&X-Amz-Expires=3600", PresignedLifetime::window, 900, "15 min."},
        {"", PresignedLifetime::as_requested, 900, "15 min."},
        {"&X-Amz-Expires=60", PresignedLifetime::as_requested, 60, "1 min."},
        {"&X-Amz-Expires=1", PresignedLifetime::as_requested, 1, "1 sec."},
        {"&X-Amz-Expires=604800", PresignedLifetime::as_requested, 604800, "10080 min."},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.expires) + " " + std::to_string(c.good_for));
        const Read read(presigned(presigned_target(c.expires)));
        std::vector<http::Header> storage;
        const http::Request request = read.signed_request.view(storage);
        const auto check = [&](int after) {
            return check_presented(request, read.presented(), {"iam", noon + seconds(after), c.lifetime});
        };
        EXPECT_FALSE(check(-900));
        EXPECT_FALSE(check(c.good_for));
        ASSERT_TRUE(check(-901));
        EXPECT_TRUE(check(-901)->message.starts_with("Signature not yet current: "));
        ASSERT_TRUE(check(c.good_for + 1));
        EXPECT_TRUE(
            check(c.good_for + 1)->message.starts_with("Signature expired: 20240229T120000Z is now earlier than "))
            << check(c.good_for + 1)->message;
        EXPECT_TRUE(check(c.good_for + 1)->message.ends_with(std::string(" - ") + c.window + ")"));
    }
}

/// Signed over a payload that is not the body, as S3 allows.
TEST(PresentedSignature, PayloadIsBoundToTheBody) {
    const auto sign = [](const std::string& declared, const std::string& body, bool signs_declaration = true) {
        SignedRequest request;
        request.body = body;
        request.headers = {{"Host", "localhost"},
                           {"X-Amz-Date", "20240229T120000Z"},
                           {"X-Amz-Content-Sha256", declared},
                           {"Authorization", ""}};
        const std::string list = signs_declaration ? "host;x-amz-content-sha256;x-amz-date" : "host;x-amz-date";
        const std::string canonical =
            "POST\n/\n\nhost:localhost\n" + (signs_declaration ? "x-amz-content-sha256:" + declared + "\n" : "") +
            "x-amz-date:20240229T120000Z\n\n" + list + "\n" + (signs_declaration ? declared : hex_encode(sha256(body)));
        const std::string to_sign =
            "AWS4-HMAC-SHA256\n20240229T120000Z\n" + scope + "\n" + hex_encode(sha256(canonical));
        const auto digits =
            signature(to_sign, derive_signing_key(Secret(request.secret), "20240229", "eu-west-1", "iam"));
        request.headers.back().second = "AWS4-HMAC-SHA256 Credential=" + credential + ", SignedHeaders=" + list +
                                        ", Signature=" + std::string(digits.data(), digits.size());
        return request;
    };
    EXPECT_FALSE(verdict(sign(hex_encode(sha256("Action=GetUser")), "Action=GetUser"), noon));
    // Debian's aws-requests-auth sends it so: what is not signed says nothing.
    for (const std::string& hash : {hex_encode(sha256("Action=GetUser")), std::string("UNSIGNED-PAYLOAD")})
        EXPECT_FALSE(verdict(sign(hash, "Action=GetUser", false), noon)) << hash;
    for (const char* declared : {"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "",
                                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}) {
        const auto error = verdict(sign(declared, "Action=GetUser"), noon);
        ASSERT_TRUE(error) << declared;
        EXPECT_EQ(error->type, error_type::signature_does_not_match);
    }
}

TEST(PresentedSignature, StatusesAreThoseOfTheWire) {
    EXPECT_EQ(missing_authentication_token().type.status, 403);
    EXPECT_EQ(malformed_credential("").type.status, 400);
    EXPECT_EQ(host_not_signed().type.status, 403);
    EXPECT_EQ(invalid_client_token_id().type.status, 403);
    EXPECT_EQ(invalid_client_token_id().message, "The security token included in the request is invalid.");
    EXPECT_EQ(expired_token().type.status, 403);
    EXPECT_EQ(expired_token().message, "The security token included in the request is expired");
}

}  // namespace
}  // namespace iamlocal::auth::test
