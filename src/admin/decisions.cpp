#include "admin/decisions.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "access/authorization_message.hpp"
#include "access/trust_principals.hpp"
#include "admin/decision_json.hpp"
#include "admin/decision_query.hpp"
#include "admin/json_answer.hpp"
#include "admin/pending_json.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"

namespace iamlocal::admin {
namespace {

using Json = nlohmann::ordered_json;
using access::DecisionCheck;
using access::DecisionRecord;

/// Sealing adds a nonce and a tag, and base64 a third.
constexpr std::size_t max_message = access::max_encoded_message / 4 * 3 - 64;

/// How many streams there may be at a time: each costs a worker time, and nobody has so many readers.
constexpr unsigned max_streams = 64;

/// Why nothing was decided.
std::string_view undecided(DecisionRecord::Kind kind) {
    switch (kind) {
        case DecisionRecord::Kind::exempt:
            return "The operation needs no permission, and no policy can forbid it.";
        case DecisionRecord::Kind::off:
            return "Enforcement is off: every caller may do everything.";
        case DecisionRecord::Kind::fault:
            return "A fault was injected before anything was decided.";
        default:
            return "Nothing was decided.";
    }
}

/// The first of these parameters that a query has.
std::optional<std::string_view> unusable(const DecisionQuery& query, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (query.given.contains(name)) return name;
    return std::nullopt;
}

/// The newest that the query admits.
std::optional<DecisionRecord> find_latest(const access::DecisionLog& log, const DecisionQuery& query) {
    std::string id;
    log.visit_back(UINT64_MAX, [&](const DecisionRecord& record) {
        if (!query.admits(record)) return true;
        id = record.id;
        return false;
    });
    return id.empty() ? std::nullopt : log.find(id);
}

constexpr const char* text_plain = "text/plain; charset=utf-8";

/// A page for people: a line for each, and how to go on.
std::string text_of(const std::vector<DecisionSummary>& found, bool more) {
    std::string out;
    for (const DecisionSummary& summary : found) out.append(text_line(summary)).append("\n");
    if (found.empty()) out.append("no decisions\n");
    if (more) out.append(fmt::format("more with cursor={0}: iamlocal decisions --cursor {0}\n", found.back().sequence));
    return out;
}

void page(const access::DecisionLog& log, const DecisionQuery& query, bool as_text, http::Response& response) {
    std::vector<DecisionSummary> found;
    bool more = false;
    log.visit_back(query.before, [&](const DecisionRecord& record) {
        // Time runs back only where somebody has moved the clock, so an older record may still be recent enough.
        if (!query.admits(record)) return true;
        more = found.size() == query.limit;
        if (!more) found.emplace_back(record);
        return !more;
    });
    if (as_text) {
        response.status = 200;
        response.content_type = text_plain;
        response.body = text_of(found, more);
        return;
    }
    Json list = Json::array();
    for (const DecisionSummary& summary : found) list.push_back(json_of(summary));
    Json body{{"decisions", std::move(list)}};
    if (more) body["next"] = std::to_string(found.back().sequence);
    answer_json(response, 200, json_text(body));
}

/// Server-sent events, read from the log at the pace of the client: one that is too slow misses what has left the log
/// meanwhile, and is told so.
class DecisionStream final : public http::Stream {
  public:
    /// Counts itself in `streams` as long as it lives.
    DecisionStream(const access::DecisionLog& log, DecisionQuery query, std::atomic<unsigned>& streams)
        : log_(log), query_(std::move(query)), streams_(streams), number_(++streams), seen_(log.newest()) {}
    ~DecisionStream() override { --streams_; }
    DecisionStream(const DecisionStream&) = delete;
    DecisionStream& operator=(const DecisionStream&) = delete;

    bool has_place() const { return number_ <= max_streams; }

    bool next(std::string& out) override {
        if (log_.newest() == seen_) {
            if (++silent_ < heartbeat) return true;
            out.append(": still here\n\n");
            silent_ = 0;
            return true;
        }
        std::vector<DecisionSummary> found;
        const std::uint64_t lost = log_.visit_on(seen_, [&](const DecisionRecord& record) {
            seen_ = record.sequence;
            if (query_.admits(record)) found.emplace_back(record);
            return found.size() < at_once;
        });
        if (lost > 0) out.append(fmt::format("event: lost\ndata: {{\"count\":{}}}\n\n", lost));
        for (const DecisionSummary& summary : found)
            out.append("event: decision\ndata: ")
                .append(query_.text.value_or(false) ? text_line(summary) : json_text(json_of(summary)))
                .append("\n\n");
        if (!out.empty()) silent_ = 0;
        return true;
    }

  private:
    static constexpr unsigned heartbeat = 100;   // calls: about ten seconds
    static constexpr std::size_t at_once = 100;  // events of some 300 bytes; the worker's requests wait meanwhile

    const access::DecisionLog& log_;
    const DecisionQuery query_;
    std::atomic<unsigned>& streams_;
    const unsigned number_;
    std::uint64_t seen_;
    unsigned silent_ = 0;
};

/// The checks as people want to read them: the one that speaks for the request, then further refusals, then the rest.
std::vector<const DecisionCheck*> reading_order(const DecisionRecord& record) {
    std::vector<const DecisionCheck*> order;
    for (const DecisionCheck& check : record.checks) order.push_back(&check);
    std::stable_partition(order.begin(), order.end(),
                          [](const auto* check) { return check->outcome != policy::Outcome::allowed; });
    return order;
}

/// `It needs 2 permissions. Refused: iam:TagUser. Granted: iam:CreateUser.`
std::string needed_permissions(const DecisionRecord& record) {
    if (record.checks.size() < 2) return {};
    std::vector<std::string_view> refused, granted;
    for (const DecisionCheck& check : record.checks)
        (check.outcome == policy::Outcome::allowed ? granted : refused).push_back(record.permission(check).action);
    std::string out = fmt::format("It needs {} permissions.", record.checks.size());
    if (!refused.empty()) out.append(fmt::format(" Refused: {}.", fmt::join(refused, ", ")));
    if (!granted.empty()) out.append(fmt::format(" Granted: {}.", fmt::join(granted, ", ")));
    return out.append("\n");
}

/// The replay explained, and what it cannot know: a role that does not exist has no trust policy to add to.
policy::Explanation explain(const DecisionRecord& record, const access::Replay& replay) {
    policy::Explanation explanation = replay.explain();
    const bool absent = record.resource_policy() != nullptr && !record.resource_policy()->document;
    if (!absent || explanation.outcome != policy::Outcome::implicit_deny) return explanation;
    explanation.step = fmt::format("There is no role {}.", replay.request().resource);
    explanation.obstacle = "the role does not exist; no addition helps";
    explanation.additions.clear();
    return explanation;
}

/// A request that never came to a decision, since its signature was not the right one.
void show_rejected(const access::RejectedSignature& rejected, bool as_text, http::Response& response) {
    if (as_text) {
        response.status = 200;
        response.content_type = text_plain;
        response.body = fmt::format(
            "Request {} of {}: the signature does not match\n{} with access key {}\n\nThe canonical request should "
            "have been\n{}\n\nThe string to sign should have been\n{}\n",
            rejected.id, format_iso8601(whole_seconds(rejected.time)), rejected.action, rejected.access_key_id,
            rejected.canonical_request, rejected.string_to_sign);
        return;
    }
    answer_json(response, 200,
                json_text(Json{{"id", rejected.id},
                               {"time", format_iso8601(whole_seconds(rejected.time))},
                               {"action", rejected.action},
                               {"decision", "signatureDoesNotMatch"},
                               {"access_key_id", rejected.access_key_id},
                               {"canonical_request", rejected.canonical_request},
                               {"string_to_sign", rejected.string_to_sign}}));
}

}  // namespace

Route Decisions::route() const {
    return {.path = root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "admin",
            .methods = {{"GET", [this](const http::Request& request,
                                       http::Response& response) { handle(request, response); }}},
            .other_methods = "decisions are read with GET",
            .parameters = {"principal", "action", "decision", "trace", "since", "limit", "cursor", "format"}};
}

void Decisions::handle(const http::Request& request, http::Response& response) const {
    if (!sources_.log.enabled())
        return refuse(response, 404, "no decisions are kept; start with --decisions and a number");
    const std::size_t mark = std::min(request.target.find('?'), request.target.size());
    std::string_view path = request.target.substr(0, mark);
    const std::string_view query = request.target.substr(std::min(mark + 1, request.target.size()));
    auto parsed = DecisionQuery::parse(query, sources_.clock.now());
    if (const auto* problem = std::get_if<std::string>(&parsed)) return refuse(response, 400, *problem);
    auto& wanted = std::get<DecisionQuery>(parsed);

    path.remove_prefix(std::min(root.size() + 1, path.size()));
    const bool accepts_text = fold_case(request.header("accept")).starts_with("text/plain");
    const bool as_text = wanted.text.value_or(accepts_text);
    if (path == "stream") return stream(std::move(wanted), response);
    if (path.empty()) return page(sources_.log, wanted, as_text, response);
    if (path == "latest") {
        if (const auto refused = unusable(wanted, {"limit", "cursor"}))
            return refuse(response, 400, fmt::format("the latest decision has no {}", *refused));
        return show(find_latest(sources_.log, wanted), as_text, "no decision that is kept is of this kind", response);
    }
    if (const auto refused = unusable(wanted, {"principal", "action", "decision", "trace", "since", "limit", "cursor"}))
        return refuse(response, 400, fmt::format("one decision has no {}", *refused));
    const std::optional<DecisionRecord> record = sources_.log.find(path);
    if (!record)
        if (const auto rejected = sources_.rejected_signatures.find(path))
            return show_rejected(*rejected, as_text, response);
    show(record, as_text, fmt::format("there is no decision of this id among the last {}", sources_.log.capacity()),
         response);
}

void Decisions::stream(DecisionQuery query, http::Response& response) const {
    if (const auto refused = unusable(query, {"limit", "cursor"}))
        return refuse(response, 400, fmt::format("a stream has no {}", *refused));
    auto stream = std::make_unique<DecisionStream>(sources_.log, std::move(query), streams_);
    if (!stream->has_place())
        return refuse(response, 503, fmt::format("there are {} streams, and no more at a time", max_streams));
    response.status = 200;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.body = ": decisions as they are made\n\n";
    response.stream = std::move(stream);
}

void Decisions::show(const std::optional<DecisionRecord>& record, bool as_text, std::string_view absent,
                     http::Response& response) const {
    if (!record) return refuse(response, 404, absent);
    response.status = 200;
    response.content_type = as_text ? text_plain : "application/json";
    response.body = as_text ? text_of(*record) : json_of(*record);
}

/// The trust policy as IAM shows it, with ARNs in place of unique ids.
std::string Decisions::trust_text(const DecisionRecord& record) const {
    const access::ResourcePolicy* const policy = record.resource_policy();
    if (policy == nullptr || !policy->document) return {};
    const std::unique_ptr<db::Connection> connection = sources_.database.connect();
    db::Transaction tx(*connection, db::Access::read);
    return access::show_principals(tx, policy->document->text);
}

std::string Decisions::text_of(const DecisionRecord& record) const {
    std::string out = fmt::format("Decision {} of {}, enforcement {}\n", record.id,
                                  format_iso8601(whole_seconds(record.time)), sources_.enforcement);
    if (record.checks.empty())
        out.append(fmt::format("{} by {}: {}\n", record.action, record.caller->principal.arn, undecided(record.kind)));
    if (!record.fault.empty()) out.append(fmt::format("Fault injected: {}\n", record.fault));
    out.append(needed_permissions(record));
    const std::string trust = trust_text(record);
    for (const DecisionCheck* check : reading_order(record)) {
        const access::Replay replay(record, *check, trust);
        out.append("\n").append(policy::to_text(explain(record, replay), replay.request()));
    }
    if (record.not_visible) out.append("\n").append(admin::text_of(*record.not_visible));
    // A header that a policy asks for may hold any bytes.
    std::string text;
    append_repaired(text, out);
    return text;
}

std::string Decisions::json_of(const DecisionRecord& record) const {
    Json json = admin::json_of(DecisionSummary(record));
    json["operation"] = record.action;
    json["peer"] = record.request.peer;
    json["enforcement"] = sources_.enforcement;
    if (record.checks.empty()) json["step"] = undecided(record.kind);
    if (record.not_visible) json["not_visible_yet"] = admin::json_of(*record.not_visible);
    const std::string trust = trust_text(record);
    json["checks"] = Json::array();
    for (const DecisionCheck& check : record.checks) {
        const access::Replay replay(record, check, trust);
        Json explained = Json::parse(policy::to_json(explain(record, replay), replay.request()), nullptr, false);
        if (&check == record.main_check()) {
            json["step"] = explained["step"];
            if (record.denied()) {
                const std::string message = authorization_message(replay, *record.caller, max_message);
                json["encoded_message"] = access::seal_authorization_message(sources_.keyring, record.caller->account,
                                                                             message, sources_.entropy);
            }
        }
        json["checks"].push_back(std::move(explained));
    }
    return json_text(json).append("\n");
}

}  // namespace iamlocal::admin
