// A client of the pipeline without sockets: signs as SDKs do, calls a pipeline, and takes the answer apart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/app.hpp"
#include "auth/presented_signature.hpp"
#include "auth/sigv4.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "store/migrations.hpp"

namespace iamlocal::app {

/// A policy that allows everything.
inline constexpr const char* allow_all =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";

struct Keys {
    std::string id = "test";
    std::string secret = "test";
    std::string token = {};
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// The text between <name> and </name>, first occurrence; empty if there is none.
inline std::string element(const std::string& xml, const std::string& name) {
    const std::string open = "<" + name + ">";
    const std::size_t begin = xml.find(open);
    if (begin == std::string::npos) return {};
    const std::size_t end = xml.find("</" + name + ">", begin);
    return xml.substr(begin + open.size(), end - begin - open.size());
}

/// An App in memory with two pipelines, one of them in use, a clock that stands still and repeatable ids.
class Bed {
  public:
    explicit Bed(AppOptions options = {}, std::unique_ptr<db::Database> database = db::Database::in_memory())
        : database_(std::move(database)),
          log_(LogLevel::info, LogFormat::text, clock_, [this](std::string_view lines) { logged_ += lines; }) {
        database_->migrate(store::schema());
        app_ = std::make_unique<App>(std::move(options), *database_, store::Keyring::random(entropy_), clock_, entropy_,
                                     log_);
        pipeline_ = app_->make_pipeline();
        other_pipeline_ = app_->make_pipeline();
    }

    /// Sends Action with parameters; the service is "iam" or "sts".
    http::Response call(const Keys& keys, const std::string& service, const std::string& action,
                        const Parameters& parameters = {}) {
        const char* const version = service == "iam" ? "2010-05-08" : "2011-06-15";
        std::string body = fmt::format("Action={}&Version={}", action, version);
        for (const auto& [name, value] : parameters)
            body.append("&").append(percent_encode(name)).append("=").append(percent_encode(value));
        return send(keys, service, body);
    }
    http::Response iam(const Keys& keys, const std::string& action, const Parameters& parameters = {}) {
        return call(keys, "iam", action, parameters);
    }
    http::Response sts(const Keys& keys, const std::string& action, const Parameters& parameters = {}) {
        return call(keys, "sts", action, parameters);
    }

    /// A request that refers to texts of its own.
    struct SignedRequest {
        std::string body;
        std::string date;
        std::string token;
        std::string authorization;
        std::vector<http::Header> headers;
        http::Request request;
    };

    /// A form body as SDKs sign it.
    std::unique_ptr<const SignedRequest> sign(const Keys& keys, const std::string& service, std::string body,
                                              const std::vector<http::Header>& extra = {}) {
        const Clock& clock = real_signatures_ ? static_cast<const Clock&>(real_) : clock_;
        auto made = std::make_unique<SignedRequest>();
        made->body = std::move(body);
        made->date = format_amz_date(whole_seconds(clock.now()));
        made->token = keys.token;
        std::string signed_headers = "content-type;host;x-amz-date";
        made->headers = {{"Host", "localhost:4566"},
                         {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                         {"X-Amz-Date", made->date}};
        if (!made->token.empty()) {
            made->headers.push_back({"X-Amz-Security-Token", made->token});
            signed_headers.append(";x-amz-security-token");
        }
        made->headers.insert(made->headers.end(), extra.begin(), extra.end());
        const auto authorization = [&](std::string_view signature) {
            return fmt::format(
                "AWS4-HMAC-SHA256 Credential={}/{}/eu-west-1/{}/aws4_request, SignedHeaders={}, Signature={}", keys.id,
                made->date.substr(0, 8), service, signed_headers, signature);
        };
        made->authorization = authorization(std::string(64, '0'));
        made->headers.push_back({"Authorization", made->authorization});
        http::Request& request = made->request;
        request.method = "POST";
        request.target = "/";
        request.headers = made->headers;
        request.body = made->body;
        request.peer = "127.0.0.1";

        auth::Scratch scratch;
        const auth::ReadSignature read = auth::read_signature(request, scratch);
        const auto& presented = std::get<auth::Presented>(read);
        const auth::SigningKey key =
            auth::derive_signing_key(Secret(keys.secret), presented.date, presented.region, presented.service);
        const std::string_view canonical = auth::canonical_request(request, presented, scratch);
        const auto signature = auth::signature(auth::string_to_sign(presented, canonical, scratch), key);
        made->authorization = authorization({signature.data(), signature.size()});
        made->headers.back().value = made->authorization;
        return made;
    }

    /// Signs and sends a form body.
    http::Response send(const Keys& keys, const std::string& service, const std::string& body,
                        const std::vector<http::Header>& extra = {}) {
        return deliver(sign(keys, service, body, extra)->request);
    }

    /// Sends a request as it is.
    http::Response deliver(const http::Request& request) {
        http::Response response;
        std::unique_ptr<http::Deferred> rest = pipeline_->handle(request, response);
        while (rest) rest = finish(*rest, response);
        pipeline_->batch_done();
        return response;
    }

    /// Does the slow part of an answer here and now.
    static std::unique_ptr<http::Deferred> finish(http::Deferred& rest, http::Response& response) {
        response.clear();
        std::exception_ptr failure;
        try {
            rest.work();
        } catch (...) {
            failure = std::current_exception();
        }
        return rest.finish(failure, response);
    }

    /// A user with an access key, and a policy document of its own unless that is empty.
    Keys make_user(const std::string& name, const std::string& document = {}) {
        iam({}, "CreateUser", {{"UserName", name}});
        if (!document.empty())
            iam({}, "PutUserPolicy", {{"UserName", name}, {"PolicyName", "own"}, {"PolicyDocument", document}});
        const http::Response answer = iam({}, "CreateAccessKey", {{"UserName", name}});
        return {element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"), {}};
    }

    AdjustableClock& clock() { return clock_; }
    /// The next requests go to the other of two pipelines, which has caches of its own.
    void switch_pipeline() { std::swap(pipeline_, other_pipeline_); }
    /// From now on signs with the time that the bench's clock cannot move.
    void sign_with_the_real_clock() { real_signatures_ = true; }
    const std::string& logged() const { return logged_; }
    void forget_log() { logged_.clear(); }
    App& app() { return *app_; }

  private:
    FixedClock real_{Instant(std::chrono::seconds(1'800'000'000))};
    AdjustableClock clock_{real_};
    bool real_signatures_ = false;
    SeededEntropy entropy_{42};
    std::string logged_;
    std::unique_ptr<db::Database> database_;
    Log log_;
    std::unique_ptr<App> app_;
    std::unique_ptr<http::Handler> pipeline_;
    std::unique_ptr<http::Handler> other_pipeline_;
};

/// Status and error code, "200" alone for success.
inline std::string outcome(const http::Response& response) {
    if (response.status == 200) return "200";
    return fmt::format("{} {}", response.status, element(response.body, "Code"));
}

/// The message of an error, without the end that tells where the details of a refusal are.
inline std::string message(const http::Response& response) {
    const std::string text = element(response.body, "Message");
    return text.substr(0, text.find(". Go to https://us-east-1.console.aws.amazon.com/"));
}

}  // namespace iamlocal::app
