// Requests of LookupEvents: what is accepted is within its limits, and is answered; a token leads to the next page of
// the same request, and of no other. The request that is recorded can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trail/lookup.hpp"

namespace trail = iamlocal::trail;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

trail::NewEvent event_of(trail::Source source, std::string_view name, std::string_view sent, std::string_view made) {
    auto caller = std::make_shared<iamlocal::access::Portrait>();
    caller->account = "000000000000";
    return {.facts = {.time = iamlocal::Instant(std::chrono::seconds(1'800'000'000)),
                      .source = source,
                      .name = name,
                      .tls = {}},
            .caller = std::move(caller),
            .texts = {.request_id = "id",
                      .region = "us-east-1",
                      .peer = {},
                      .user_agent = {},
                      .host = {},
                      .sent = sent,
                      .answer = {},
                      .kinds = {},
                      .error_message = {},
                      .made = made}};
}

const trail::Trail& some_events() {
    static trail::Trail events(1 << 20);
    if (events.newest() > 0) return events;
    for (int i = 0; i < 3; ++i) events.add(event_of(trail::Source::signin, "ConsoleLogin", {}, "{}"));
    return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const trail::LookupScope scope{iamlocal::AccountId("000000000000"), "us-east-1",
                                   iamlocal::Instant(std::chrono::seconds(1'800'000'100))};
    // Whatever was sent is recorded.
    trail::Trail recorded(1);
    recorded.add(event_of(trail::Source::cloudtrail, "LookupEvents", body, {}));
    for (const trail::Record& record : trail::Record::of(recorded.all().front())) require(!record.text().empty());

    const auto parsed = trail::LookupQuery::parse(body, scope);
    if (const auto* error = std::get_if<iamlocal::ApiError>(&parsed)) {
        require(error->type().status == 400 && !error->message().empty());
        return 0;
    }
    const auto& query = std::get<trail::LookupQuery>(parsed);
    require(query.most >= 1 && query.most <= 50);
    require(!query.start || !query.end || *query.start <= *query.end);
    const trail::Json answer = trail::Json::parse(trail::look_up(some_events(), nullptr, query, scope));
    require(answer["Events"].size() <= query.most);
    if (!answer.contains("NextToken")) return 0;
    trail::Json next = trail::Json::parse(body);
    next["NextToken"] = answer["NextToken"];
    require(std::holds_alternative<trail::LookupQuery>(trail::LookupQuery::parse(next.dump(), scope)));
    next["EndTime"] = 1'700'000'001;
    next.erase("StartTime");
    if (query.end && query.end->time_since_epoch().count() == 1'700'000'001 && !query.start) return 0;
    require(std::holds_alternative<iamlocal::ApiError>(trail::LookupQuery::parse(next.dump(), scope)));
    return 0;
}
