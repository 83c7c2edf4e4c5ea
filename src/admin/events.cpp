#include "admin/events.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/json_text.hpp"

namespace iamlocal::admin {
namespace {

/// As for decisions: each costs a worker time, and nobody has so many readers.
constexpr unsigned most_streams = 64;

/// Server-sent events, read from the trail at the pace of the client: one that is too slow misses what has left the
/// trail meanwhile, and is told how many.
class EventStream final : public http::Stream {
  public:
    /// Counts itself in `streams` as long as it lives.
    EventStream(const trail::Trail& trail, EventQuery query, std::atomic<unsigned>& streams)
        : trail_(trail), query_(std::move(query)), streams_(streams), number_(++streams), seen_(trail.newest()) {}
    ~EventStream() override { --streams_; }
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    bool has_place() const { return number_ <= most_streams; }

    bool next(std::string& out) override {
        if (trail_.newest() != seen_) {
            const trail::Trail::Piece piece = trail_.after(seen_, at_once);
            if (piece.lost > 0) out.append(fmt::format("event: lost\ndata: {{\"count\":{}}}\n\n", piece.lost));
            for (const trail::EventPtr& event : piece.events) show(event, out);
            if (!piece.events.empty()) seen_ = piece.events.back()->sequence;
        }
        if (!out.empty()) {
            silent_ = 0;
        } else if (++silent_ >= heartbeat) {
            out.append(": still here\n\n");
            silent_ = 0;
        }
        return true;
    }

  private:
    static constexpr unsigned heartbeat = 100;  // calls: about ten seconds
    static constexpr std::size_t at_once = 20;  // records take some ten microseconds; the worker's requests wait

    void show(const trail::EventPtr& event, std::string& out) const {
        if (!query_.admits(*event)) return;
        for (const trail::Record& record : trail::Record::of(event))
            if (query_.admits(record)) out.append("event: record\ndata: ").append(record.text()).append("\n\n");
    }

    const trail::Trail& trail_;
    const EventQuery query_;
    std::atomic<unsigned>& streams_;
    const unsigned number_;
    std::uint64_t seen_;
    unsigned silent_ = 0;
};

}  // namespace

Route Events::route() const {
    return {.path = root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET",
                         [this](const http::Request& request, http::Response& response) { handle(request, response); },
                         true}},
            .other_methods = "events are read with GET",
            .parameters = {"event", "source", "user", "account", "outcome", "since", "limit", "cursor"}};
}

void Events::handle(const http::Request& request, http::Response& response) const {
    if (!trail_.enabled()) return refuse(response, 404, "no events are kept; start with --trail and a number");
    const std::size_t mark = std::min(request.target.find('?'), request.target.size());
    std::string_view path = request.target.substr(0, mark);
    auto parsed = EventQuery::parse(request.target.substr(std::min(mark + 1, request.target.size())), clock_.now());
    if (const auto* problem = std::get_if<std::string>(&parsed)) return refuse(response, 400, *problem);
    path.remove_prefix(root.size());
    if (path.empty()) return page(std::get<EventQuery>(parsed), response);
    if (path == "/stream") return stream(std::get<EventQuery>(std::move(parsed)), response);
    refuse(response, 404, "there is nothing at this path");
}

/// The newest first.
void Events::page(const EventQuery& query, http::Response& response) const {
    const std::vector<trail::EventPtr> events = trail_.all();
    std::string body = "{\"events\":[";
    std::size_t shown = 0;
    std::uint64_t last = 0;
    bool more = false;
    for (auto it = events.rbegin(); it != events.rend() && !more; ++it) {
        if ((*it)->sequence >= query.before || !query.admits(**it)) continue;
        for (const trail::Record& record : trail::Record::of(*it)) {
            if (!query.admits(record)) continue;
            // Records of one event stay together.
            more = shown >= query.limit && (*it)->sequence != last;
            if (more) break;
            body.append(shown++ == 0 ? "" : ",").append(record.text());
            last = (*it)->sequence;
        }
    }
    body.append("]").append(more ? fmt::format(",\"next\":\"{}\"", last) : std::string()).append("}");
    answer_json(response, 200, std::move(body));
}

void Events::stream(EventQuery query, http::Response& response) const {
    for (const char* name : {"limit", "cursor"})
        if (query.given.contains(name)) return refuse(response, 400, fmt::format("a stream has no {}", name));
    auto stream = std::make_unique<EventStream>(trail_, std::move(query), streams_);
    if (!stream->has_place())
        return refuse(response, 503, fmt::format("there are {} streams, and no more at a time", most_streams));
    response.status = 200;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.body = ": events as they come\n\n";
    response.stream = std::move(stream);
}

}  // namespace iamlocal::admin
