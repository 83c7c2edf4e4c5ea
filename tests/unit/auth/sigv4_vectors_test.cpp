// Requests signed by real clients (tests/clients/sigv4_vectors.py and .mjs made data/*.json; their heads say how to
// make them anew), verified as they are, then with every part changed in turn. IAMLOCAL_SIGV4_VECTORS may name one more
// file.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "auth/request_target.hpp"
#include "base/encoding.hpp"
#include "sigv4_support.hpp"

namespace iamlocal::auth::test {
namespace {

std::vector<SignedRequest> read_vectors(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    const nlohmann::json document = nlohmann::json::parse(file);
    std::vector<SignedRequest> out;
    for (const auto& c : document.at("cases")) {
        SignedRequest request;
        request.name = document.at("client").get<std::string>() + ": " + c.at("name").get<std::string>();
        request.service = c.at("service");
        request.method = c.at("method");
        request.target = c.at("target");
        for (const auto& header : c.at("headers")) request.headers.emplace_back(header.at(0), header.at(1));
        request.body = base64_decode(c.at("body").get<std::string>()).value();
        request.access_key_id = c.at("access_key_id");
        request.secret = c.at("secret");
        request.session_token = c.at("session_token");
        out.push_back(std::move(request));
    }
    return out;
}

const std::vector<SignedRequest>& vectors() {
    static const std::vector<SignedRequest> all = [] {
        const std::string data = std::string(IAMLOCAL_SOURCE_DIR) + "/tests/unit/auth/data/";
        std::vector<SignedRequest> out;
        std::vector<std::string> files = {data + "botocore.json", data + "javascript.json"};
        if (const char* more = std::getenv("IAMLOCAL_SIGV4_VECTORS")) files.emplace_back(more);
        for (const std::string& file : files)
            for (SignedRequest& request : read_vectors(file)) out.push_back(std::move(request));
        return out;
    }();
    return all;
}

bool is_presigned(const SignedRequest& request) { return request.target.find("X-Amz-Signature=") != std::string::npos; }

std::string signed_headers_of(const SignedRequest& request) {
    std::vector<http::Header> storage;
    Scratch scratch;
    const ReadSignature read = read_signature(request.view(storage), scratch);
    return std::string(std::get<Presented>(read).signed_headers);
}

bool replace(std::string& text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) return false;
    text.replace(at, from.size(), to);
    return true;
}

/// Another character of the same kind, so that what is changed stays well-formed.
char other(char c) {
    if (c >= '0' && c <= '9') return c == '9' ? '0' : static_cast<char>(c + 1);
    if (c >= 'a' && c <= 'f') return c == 'f' ? 'a' : static_cast<char>(c + 1);
    return c == 'x' ? 'y' : 'x';
}

TEST(SigV4Vectors, AreEnough) {
    std::size_t presigned = 0, tokens = 0, repeated = 0;
    for (const SignedRequest& request : vectors()) {
        presigned += is_presigned(request) ? 1 : 0;
        tokens += request.session_token.empty() ? 0 : 1;
        repeated += request.name.find("repeated") != std::string::npos ? 1 : 0;
    }
    EXPECT_GE(vectors().size(), 55u);
    EXPECT_GE(presigned, 12u);
    EXPECT_GE(tokens, 6u);
    EXPECT_GE(repeated, 1u);
}

TEST(SigV4Vectors, Verify) {
    for (const SignedRequest& request : vectors()) {
        SCOPED_TRACE(request.name);
        const auto at = signed_at(request);
        ASSERT_TRUE(at);
        for (const int skew : {-899, 0, 899}) {
            const auto error = verdict(request, *at + std::chrono::seconds(skew));
            EXPECT_FALSE(error) << error->message;
        }
        const auto late = verdict(request, *at + std::chrono::seconds(901));
        ASSERT_TRUE(late);
        EXPECT_NE(late->message.find("Signature expired"), std::string::npos);
        const auto early = verdict(request, *at - std::chrono::seconds(901));
        ASSERT_TRUE(early);
        EXPECT_NE(early->message.find("Signature not yet current"), std::string::npos);
    }
}

TEST(SigV4Vectors, VerifyWhateverIsNotPartOfTheSignature) {
    for (const SignedRequest& original : vectors()) {
        SCOPED_TRACE(original.name);
        const Seconds at = *signed_at(original);
        SignedRequest request = original;
        std::reverse(request.headers.begin(), request.headers.end());
        // Values of one name are joined in order of arrival.
        if (original.name.find("repeated") == std::string::npos) {
            EXPECT_FALSE(verdict(request, at)) << "headers in another order";
        }

        request = original;
        for (auto& [key, value] : request.headers)
            for (char& c : key) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        EXPECT_FALSE(verdict(request, at)) << "upper-case header names";

        request = original;
        request.headers.emplace_back("X-Forwarded-For", "10.0.0.1");
        request.headers.emplace_back("Accept", "*/*");
        EXPECT_FALSE(verdict(request, at)) << "unsigned headers";

        request = original;
        const RequestTarget target = split_target(original.target);
        std::string query;
        FormPairs pairs(target.query);
        while (const auto pair = pairs.next())
            query = std::string(pair->name) + "=" + std::string(pair->value) + (query.empty() ? "" : "&" + query);
        if (!query.empty()) request.target = std::string(target.path) + "?" + query;
        EXPECT_FALSE(verdict(request, at)) << "query in another order";
    }
}

struct Tampering {
    std::string what;
    /// False if there is nothing to tamper with in this request.
    std::function<bool(SignedRequest&)> apply;
};

std::vector<Tampering> tamperings_of(const SignedRequest& original) {
    std::vector<Tampering> out;
    const auto add = [&](std::string what, std::function<bool(SignedRequest&)> apply) {
        out.push_back({std::move(what), std::move(apply)});
    };
    add("method", [](SignedRequest& r) { return r.method = r.method == "GET" ? "POST" : "GET", true; });
    add("method in lower case",
        [](SignedRequest& r) { return r.method[0] = static_cast<char>(r.method[0] + 32), true; });
    add("path longer", [](SignedRequest& r) {
        r.target.insert(std::min(r.target.find('?'), r.target.size()), "/more");
        return true;
    });
    add("parameter added", [](SignedRequest& r) {
        r.target += r.target.find('?') == std::string::npos ? "?UserName=eve" : "&UserName=eve";
        return true;
    });
    add("body longer", [](SignedRequest& r) { return r.body += "&UserName=eve", true; });
    add("body cut", [](SignedRequest& r) { return !r.body.empty() && (r.body.pop_back(), true); });
    for (const std::size_t at : {std::size_t{0}, original.body.size() / 2, original.body.size() - 1})
        add("body bit at " + std::to_string(at), [at](SignedRequest& r) {
            if (r.body.empty()) return false;
            r.body[at] = static_cast<char>(r.body[at] ^ 1);
            return true;
        });
    add("secret", [](SignedRequest& r) { return r.secret.back() = other(r.secret.back()), true; });
    add("secret cut", [](SignedRequest& r) { return r.secret.pop_back(), true; });
    add("other service expected",
        [](SignedRequest& r) { return r.service = r.service == "iam" ? "sts" : "iam", true; });
    add("unsigned target", [](SignedRequest& r) { return r.headers.emplace_back("x-amz-target", "1"), true; });
    add("second Authorization", [](SignedRequest& r) { return r.headers.emplace_back("Authorization", "x"), true; });
    add("presigned and header", [](SignedRequest& r) {
        const bool query = r.target.find('?') != std::string::npos;
        r.target += std::string(query ? "&" : "?") + "X-Amz-Signature=" + std::string(64, '0');
        return true;
    });

    const std::string signed_headers = signed_headers_of(original);
    for_each_signed(signed_headers, [&](std::string_view view) {
        const std::string name(view);
        const auto is_it = [name](const auto& header) { return equals_ignoring_case(header.first, name); };
        add("value of " + name, [is_it](SignedRequest& r) {
            const auto at = std::find_if(r.headers.begin(), r.headers.end(), is_it);
            return at->second += "x", true;
        });
        add("value of " + name + " emptied", [is_it](SignedRequest& r) {
            const auto at = std::find_if(r.headers.begin(), r.headers.end(), is_it);
            if (at->second.empty()) return false;
            return at->second.clear(), true;
        });
        add(name + " repeated", [name](SignedRequest& r) { return r.headers.emplace_back(name, "x"), true; });
        add(name + " not sent", [is_it](SignedRequest& r) { return std::erase_if(r.headers, is_it) > 0; });
        add(name + " taken off the list", [name, signed_headers](SignedRequest& r) {
            std::string shorter;
            for_each_signed(signed_headers, [&](std::string_view each) {
                if (each != name) shorter.append(shorter.empty() ? "" : ";").append(each);
            });
            if (std::string* header = r.find("Authorization") ? r.find("Authorization") : r.find("authorization"))
                return replace(*header, "SignedHeaders=" + signed_headers, "SignedHeaders=" + shorter);
            return replace(r.target, "X-Amz-SignedHeaders=" + percent_encode(signed_headers),
                           "X-Amz-SignedHeaders=" + percent_encode(shorter));
        });
    });

    if (!is_presigned(original)) {
        const auto in_header = [](const std::string& from, const std::string& to) {
            return [from, to](SignedRequest& r) {
                std::string* header = r.find("Authorization") ? r.find("Authorization") : r.find("authorization");
                return replace(*header, from, to);
            };
        };
        add("access key", in_header("Credential=AKIA", "Credential=ASIA"));
        add("terminator", in_header("/aws4_request", "/aws5_request"));
        add("region", in_header("-1/", "-2/"));
        add("algorithm", in_header("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"));
        add("signature empty", [](SignedRequest& r) {
            std::string* header = r.find("Authorization") ? r.find("Authorization") : r.find("authorization");
            return header->resize(header->size() - 64), true;
        });
        for (std::size_t back = 1; back <= 64; ++back)
            add("signature digit " + std::to_string(back), [back](SignedRequest& r) {
                std::string* header = r.find("Authorization") ? r.find("Authorization") : r.find("authorization");
                char& c = (*header)[header->size() - back];
                return c = other(c), true;
            });
        return out;
    }
    // Every parameter of the query: its value, its absence, its repetition.
    FormPairs pairs(split_target(original.target).query);
    while (const auto next = pairs.next()) {
        const std::string pair = std::string(next->name) + "=" + std::string(next->value);
        add("value of " + pair, [pair](SignedRequest& r) {
            std::string changed = pair;
            if (changed.back() == '=') {
                changed += "x";
            } else {
                changed.back() = other(changed.back());
            }
            return replace(r.target, pair, changed);
        });
        add("without " + pair, [pair](SignedRequest& r) {
            return replace(r.target, "&" + pair, "") || replace(r.target, pair + "&", "");
        });
        add("twice " + pair, [pair](SignedRequest& r) { return r.target += "&" + pair, true; });
    }
    return out;
}

TEST(SigV4Vectors, RefuseEveryTampering) {
    std::size_t count = 0;
    for (const SignedRequest& original : vectors()) {
        const Seconds at = *signed_at(original);
        for (const Tampering& tampering : tamperings_of(original)) {
            SignedRequest request = original;
            if (!tampering.apply(request)) continue;
            SCOPED_TRACE(original.name + ": " + tampering.what);
            ++count;
            const auto error = verdict(request, at);
            ASSERT_TRUE(error);
            EXPECT_EQ(error->message.find(original.secret), std::string::npos);
        }
    }
    EXPECT_GT(count, 4000u);
    RecordProperty("tamperings", static_cast<int>(count));
}

TEST(SigV4Vectors, MismatchShowsBothStrings) {
    SignedRequest request = vectors().front();
    const Seconds at = *signed_at(request);
    request.body += "x";
    const auto error = verdict(request, at);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->type, error_type::signature_does_not_match);
    EXPECT_EQ(error->message,
              "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
              "Access Key and signing method. Consult the service documentation for details.");
}

TEST(SigV4Vectors, MismatchLeavesBothStringsToTheOperator) {
    SignedRequest request = vectors().front();
    request.body += "x";
    std::vector<http::Header> storage;
    Scratch scratch;
    const http::Request view = request.view(storage);
    const ReadSignature read = read_signature(view, scratch);
    const auto& presented = std::get<Presented>(read);
    const SigningKey key =
        derive_signing_key(Secret(request.secret), presented.date, presented.region, presented.service);
    ASSERT_TRUE(verify_signature(view, presented, key, scratch));
    EXPECT_TRUE(scratch.canonical.starts_with("POST\n/\n\n")) << scratch.canonical;
    EXPECT_TRUE(scratch.canonical.ends_with(hex_encode(sha256(request.body)))) << scratch.canonical;
    EXPECT_TRUE(
        scratch.string_to_sign.starts_with("AWS4-HMAC-SHA256\n20240229T235958Z\n20240229/eu-west-1/sts/aws4_request\n"))
        << scratch.string_to_sign;
}

TEST(SigV4Vectors, SecretsAreNotShown) {
    EXPECT_EQ(
        without_secrets("GET\n/\nAction=A&Password=p&Version=1&X-Amz-Date=2&X-Amz-Security-Token=s%2F&Z=\nhost:x\n"),
        "GET\n/\nAction=A&Password=...&Version=1&X-Amz-Date=2&X-Amz-Security-Token=...&Z=...\nhost:x\n");
    for (const char* const short_one : {"", "GET", "GET\n/", "GET\n/\n", "GET\n/\n&&\n"})
        EXPECT_FALSE(without_secrets(short_one).find('p') != std::string::npos) << short_one;
    EXPECT_EQ(without_secrets("GET\n/\nX-Amz-Security-Token=secret\nhost:x\n"),
              "GET\n/\nX-Amz-Security-Token=...\nhost:x\n");
    EXPECT_EQ(without_secrets("POST\n/\n\nhost:x\nx-amz-security-token:secret\n\nhost"),
              "POST\n/\n\nhost:x\nx-amz-security-token:...\n\nhost");
    EXPECT_EQ(without_secrets("POST\n/\n\nhost:x\n"), "POST\n/\n\nhost:x\n");
}

}  // namespace
}  // namespace iamlocal::auth::test
