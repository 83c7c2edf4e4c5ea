#include "lab/bench.hpp"

#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/time_format.hpp"
#include "lab/organization.hpp"

namespace iamlocal::lab {
namespace {

constexpr std::int64_t hundred_years = 100LL * 366 * 86400;

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

void answer(wire::Response& response, int status, const nlohmann::json& body) {
    response.status = status;
    response.content_type = "application/json";
    response.body = body.dump();
    response.body.push_back('\n');
}

/// A JSON text.
void answer_text(wire::Response& response, std::string body) {
    response.status = 200;
    response.content_type = "application/json";
    response.body = std::move(body);
    response.body.push_back('\n');
}

void refuse(wire::Response& response, int status, std::string_view message) {
    answer(response, status, {{"error", message}});
}

}  // namespace

bool Bench::owns(std::string_view target) {
    const std::string_view path = path_of(target);
    return path.starts_with("/_iamlocal/") || path == "/_localstack/health" || path == "/livez" || path == "/readyz" ||
           path == "/moto-api/reset";
}

void Bench::handle(const wire::Request& request, wire::Response& response) {
    const std::string_view path = path_of(request.target);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (path == "/_iamlocal/health" || path == "/_localstack/health" || path == "/livez" || path == "/readyz") {
        if (!reads) return refuse(response, 405, "health is asked for with GET");
        return health(response);
    }
    const bool is_reset = path == "/_iamlocal/reset" || path == "/moto-api/reset";
    const bool is_clock = path == "/_iamlocal/clock";
    const bool is_organization = path == "/_iamlocal/organization";
    const bool is_decisions = decisions_ != nullptr && Decisions::owns(path);
    if (!is_reset && !is_clock && !is_organization && !is_decisions)
        return refuse(response, 404, "there is nothing at this path");
    if (!enabled_) return refuse(response, 403, "the test bench is off; start with --lab on");
    // A web page that somebody has open must not reach the bench of a server on the same machine.
    if (!request.header("origin").empty()) return refuse(response, 403, "the test bench does not serve web pages");
    if (is_organization) return organization(request, response);
    if (is_decisions) return decisions_->handle(request, response);
    if (is_clock && reads) return answer(response, 200, {{"now", format_iso8601(whole_seconds(clock_.now()))}});
    if (request.method != "POST") return refuse(response, 405, "this is done with POST");
    if (is_reset) return reset(response);
    clock(request, response);
}

void Bench::health(wire::Response& response) const {
    answer(response, 200,
           {{"status", "running"},
            {"edition", "iamlocal"},
            {"version", facts_.version},
            {"account", facts_.account},
            {"enforcement", facts_.enforcement},
            {"storage", facts_.storage},
            {"services", {{"iam", "running"}, {"sts", "running"}}}});
}

void Bench::reset(wire::Response& response) {
    database_.reset();
    if (decisions_ != nullptr) decisions_->clear();
    after_reset_(after_reset_argument_);
    answer(response, 200, {{"status", "ok"}});
}

void Bench::clock(const wire::Request& request, wire::Response& response) {
    const nlohmann::json wish = nlohmann::json::parse(request.body, nullptr, false);
    if (!wish.is_object() || wish.size() != 1)
        return refuse(response, 400,
                      R"(expected {"advance":"2h"}, {"freeze":"2030-01-01T00:00:00Z"} or {"reset":true})");
    const std::string& what = wish.begin().key();
    const nlohmann::json& value = wish.begin().value();
    if (what == "reset" && value == true) {
        clock_.reset();
    } else if (what == "advance" && value.is_string()) {
        const auto by = parse_duration(value.get<std::string>());
        if (!by) return refuse(response, 400, "advance takes a duration such as 90s, 15m, 2h or 1h30m");
        clock_.advance(*by);
    } else if (what == "freeze" && value == true) {
        clock_.freeze(clock_.now());
    } else if (what == "freeze" && value.is_string()) {
        const auto at = parse_iso8601(value.get<std::string>());
        if (!at) return refuse(response, 400, "freeze takes a time such as 2030-01-01T00:00:00Z, or true for now");
        clock_.freeze(*at);
    } else {
        return refuse(response, 400, "the clock knows advance, freeze and reset");
    }
    answer(response, 200, {{"now", format_iso8601(whole_seconds(clock_.now()))}});
}

void Bench::organization(const wire::Request& request, wire::Response& response) {
    const std::unique_ptr<db::Connection> connection = database_.connect();
    const bool reads = request.method == "GET" || request.method == "HEAD";
    db::Transaction tx(*connection, reads ? db::Access::read : db::Access::write);
    if (reads) {
        const auto declared = store::organization::find(tx);
        if (!declared) return refuse(response, 404, "no organization is declared");
        return answer_text(response, write_organization(*declared));
    }
    if (request.method == "DELETE") {
        store::organization::remove(tx);
        tx.commit();
        return answer(response, 200, {{"status", "ok"}});
    }
    if (request.method != "PUT") return refuse(response, 405, "an organization is declared with PUT");
    const auto read = parse_organization(request.body, facts_.quotas);
    if (const auto* const error = std::get_if<DeclarationError>(&read))
        return answer(response, 400, {{"error", error->message}, {"line", error->line}, {"column", error->column}});
    const auto& declared = std::get<store::Organization>(read);
    store::organization::replace(tx, declared);
    tx.commit();
    answer_text(response, write_organization(declared));
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    const bool back = text.starts_with('-');
    if (back) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    std::int64_t total = 0;
    while (!text.empty()) {
        std::int64_t number = 0;
        std::size_t digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && number <= hundred_years)
            number = number * 10 + (text[digits++] - '0');
        if (digits == 0 || digits == text.size()) return std::nullopt;
        std::int64_t unit = 0;
        switch (text[digits]) {
            case 's':
                unit = 1;
                break;
            case 'm':
                unit = 60;
                break;
            case 'h':
                unit = 3600;
                break;
            case 'd':
                unit = 86400;
                break;
            default:
                return std::nullopt;
        }
        if (number > hundred_years / unit) return std::nullopt;
        total += number * unit;
        if (total > hundred_years) return std::nullopt;
        text.remove_prefix(digits + 1);
    }
    return std::chrono::seconds(back ? -total : total);
}

}  // namespace iamlocal::lab
