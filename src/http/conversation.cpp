#include "http/conversation.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

namespace iamlocal::http {
namespace {

constexpr std::size_t small_buffer = 4 * 1024;   // an ordinary request with room to spare
constexpr std::size_t large_buffer = 64 * 1024;  // what one read takes at most, unless a body is known to be larger
constexpr std::size_t large_output = 256 * 1024;
constexpr std::uint64_t any_length = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Conversation::Conversation(WorkerScratch& scratch, http::Handler& handler, Origin origin)
    : scratch_(scratch), handler_(handler), origin_(std::move(origin)) {
    resize(small_buffer);
}

Conversation::~Conversation() {
    hold(0);
    if (!waiting_) return;
    scratch_.response.clear();
    waiting_->deferred->refuse(http::Fault::timeout, scratch_.response);
}

std::span<char> Conversation::space() {
    if (end_ == capacity_ && begin_ > 0) resize(capacity_);
    if (end_ == capacity_) {
        // A body's size is known, but only claimed: the buffer grows as it really arrives.
        const std::size_t wanted = stage_ == Stage::body ? head_size_ + body_size_ : capacity_ * 2;
        resize(std::clamp(wanted, capacity_ + 1, capacity_ * 2));
    }
    return {data_.get() + end_, capacity_ - end_};
}

Conversation::Next Conversation::received(std::size_t count) {
    last_read_ = count;
    filled_ = end_ + count == capacity_;
    end_ += count;
    return resume();
}

Conversation::Next Conversation::resume() {
    answered_ = 0;
    return converse();
}

Conversation::Next Conversation::ended() {
    answered_ = 0;
    return mid_request() ? refuse(http::Fault::malformed) : Next::close;
}

Conversation::Next Conversation::timed_out() {
    answered_ = 0;
    return refuse(http::Fault::timeout);
}

std::span<char> Conversation::discard(std::size_t size) {
    begin_ = end_ = 0;
    if (capacity_ < size) resize(size);
    return {data_.get(), capacity_};
}

Conversation::Next Conversation::worked(std::exception_ptr failure) {
    answered_ = 0;
    scratch_.response.clear();
    if (auto more = waiting_->deferred->finish(std::move(failure), scratch_.response)) {
        waiting_->deferred = std::move(more);
        return Next::work;
    }
    return answer_waiting();
}

Conversation::Next Conversation::refuse_work() {
    answered_ = 0;
    scratch_.response.clear();
    waiting_->deferred->refuse(http::Fault::overloaded, scratch_.response);
    return answer_waiting();
}

/// Answers what has come, and chooses the buffer for what will.
Conversation::Next Conversation::converse() {
    const Next next = answer_all();
    if (next != Next::read) return next;
    if (!mid_request())
        fit_buffer();
    else if (!hold(pending().size() + decoded_.size()))
        return refuse(http::Fault::overloaded);
    return next;
}

Conversation::Next Conversation::answer_all() {
    while (true) {
        if (stage_ == Stage::head) {
            if (const auto next = read_head()) return *next;
        }
        std::string_view body;
        std::size_t consumed = head_size_ + body_size_;
        if (stage_ == Stage::chunks) {
            std::optional<http::Fault> fault;
            const bool complete = read_chunks(fault);
            if (fault) return refuse(*fault);
            if (!complete) return Next::read;
            body = decoded_;
            consumed = head_size_;
        } else {
            if (pending().size() < consumed) return Next::read;
            body = pending().substr(head_size_, body_size_);
        }
        if (stage_ != Stage::head) {
            // The head was parsed when it came; its views have not survived the reads since. Parsing it once more, for
            // the few requests that come in pieces, is simpler than keeping them alive.
            parse_head(pending().substr(0, head_size_), any_length, scratch_.head);
        }
        if (const Next next = answer(body, consumed); next != Next::read) return next;
        if (scratch_.out.size() >= large_output) return Next::resume;
    }
}

/// Finds and parses the next head. A value: what converse() has to return; nothing: the head is in WorkerScratch::head.
std::optional<Conversation::Next> Conversation::read_head() {
    // RFC 9112 section 2.2: an empty line before a request is to be ignored.
    while (scanned_ == 0 && pending().starts_with("\r\n")) begin_ += 2;
    if (begin_ == end_) {
        begin_ = end_ = 0;
        return Next::read;
    }
    if (pending() == "\r") return Next::read;

    const HeadEnd head_end = find_head_end(pending(), scanned_);
    if (head_end.state == HeadEnd::State::malformed) return refuse(http::Fault::malformed);
    const bool found = head_end.state == HeadEnd::State::found;
    if ((found ? head_end.size : pending().size()) > scratch_.limits.header_bytes) {
        return refuse(http::Fault::headers_too_large);
    }
    if (!found) {
        scanned_ = head_end.resume;
        return Next::read;
    }

    Head& head = scratch_.head;
    head_size_ = head_end.size;
    const std::string_view bytes = pending().substr(0, head_size_);
    if (const auto fault = parse_head(bytes, any_length, head)) return refuse(*fault);
    const std::size_t limit = body_limit();
    if (head.content_length > limit) return refuse(http::Fault::body_too_large);
    body_size_ = head.content_length;
    const bool body_began = pending().size() > head_size_;
    if (head.expects_continue && head.http11 && !body_began && (head.chunked || body_size_ > 0)) {
        scratch_.out.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (head.chunked) {
        stage_ = Stage::chunks;
        chunks_ = std::make_unique<ChunkDecoder>(bytes, limit);
    } else if (pending().size() < head_size_ + body_size_) {
        stage_ = Stage::body;
    }
    return std::nullopt;
}

/// What the body may have of the request in WorkerScratch::head. Only who sends much, or does not say how much, is
/// looked at closely.
std::size_t Conversation::body_limit() {
    const std::size_t usual = scratch_.limits.body_bytes;
    if (!scratch_.head.chunked && scratch_.head.content_length <= usual) return usual;
    return std::max(usual, handler_.body_bytes(request_with({})));
}

http::Request Conversation::request_with(std::string_view body) const {
    const Head& head = scratch_.head;
    return {head.method,      head.origin_form, head.headers,           body, origin_.peer, origin_.secure,
            origin_.listener, origin_.loopback, tls_ ? &*tls_ : nullptr};
}

/// Decodes what has come of a chunked body and drops its raw form. Whether it is complete.
bool Conversation::read_chunks(std::optional<http::Fault>& fault) {
    const auto progress = chunks_->feed(pending().substr(head_size_), decoded_);
    fault = progress.fault;
    if (fault) return false;
    char* const raw = data_.get() + begin_ + head_size_;
    const std::size_t left = end_ - begin_ - head_size_ - progress.used;
    std::memmove(raw, raw + progress.used, left);
    end_ -= progress.used;
    // What is left is a chunk's header or trailers; they are part of no limit but this one.
    if (!progress.done && left > scratch_.limits.header_bytes) fault = http::Fault::headers_too_large;
    return progress.done;
}

/// Has the request at begin_ answered. Next::read where the connection stays.
Conversation::Next Conversation::answer(std::string_view body, std::size_t consumed) {
    const http::Request request = request_with(body);
    scratch_.response.clear();
    if (auto deferred = handler_.handle(request, scratch_.response)) return wait_for(std::move(deferred), consumed);
    return conclude(consumed);
}

/// Keeps the request as it is until its answer can be made. The views in its headers survive the move.
Conversation::Next Conversation::wait_for(std::unique_ptr<http::Deferred> deferred, std::size_t consumed) {
    waiting_ = std::make_unique<Waiting>(Waiting{std::move(deferred), std::exchange(scratch_.head, {}), consumed});
    return Next::work;
}

/// The answer to the request that waited is there; goes on with those behind it.
Conversation::Next Conversation::answer_waiting() {
    scratch_.head = std::move(waiting_->head);
    const std::size_t consumed = waiting_->consumed;
    waiting_.reset();
    if (const Next next = conclude(consumed); next != Next::read) return next;
    return scratch_.out.size() >= large_output ? Next::resume : converse();
}

/// Writes the answer to the request at begin_ and steps over its `consumed` bytes. Next::read where the connection
/// stays.
Conversation::Next Conversation::conclude(std::size_t consumed) {
    ++answered_;
    const bool last = begin_ + consumed == end_;
    const bool streams = scratch_.response.stream && scratch_.head.method != "HEAD";
    const Next next = streams ? begin_stream() : write_answer(last);
    if (scratch_.response.body.capacity() > large_output) scratch_.response.body = {};

    hold(0);
    begin_ += consumed;
    scanned_ = head_size_ = body_size_ = 0;
    stage_ = Stage::head;
    chunks_.reset();
    decoded_.clear();
    if (decoded_.capacity() > small_buffer) decoded_ = {};
    return next;
}

Conversation::Next Conversation::write_answer(bool last) {
    const Head& head = scratch_.head;
    if (scratch_.response.delivery != http::Delivery::whole) return break_off();
    AnswerForm form;
    form.without_body = head.method == "HEAD";
    // While draining, requests that were sent together are all answered; the last one says that the connection ends.
    form.close = !head.keep_alive || (last && scratch_.draining.load(std::memory_order_relaxed));
    form.say_keep_alive = !head.http11;
    scratch_.writer.append(scratch_.out, scratch_.response, form);
    return form.close ? Next::close : Next::read;
}

/// Writes the half of an answer's body behind a head that promises all of it, or nothing.
Conversation::Next Conversation::break_off() {
    const std::size_t before = scratch_.out.size();
    const std::size_t body = scratch_.response.body.size();
    AnswerForm form;
    form.without_body = scratch_.head.method == "HEAD";
    if (scratch_.response.delivery == http::Delivery::half) {
        scratch_.writer.append(scratch_.out, scratch_.response, form);
        if (!form.without_body) scratch_.out.resize(scratch_.out.size() - (body - body / 2));
    }
    if (form.without_body) scratch_.out.resize(before);
    return Next::close;
}

/// Writes the beginning of an answer that is streamed. Requests behind it are not looked at: the client would wait for
/// their answers as long as the stream lasts.
Conversation::Next Conversation::begin_stream() {
    AnswerForm form;
    form.close = true;
    form.chunked = scratch_.head.http11;
    form.until_close = !form.chunked;
    scratch_.writer.append(scratch_.out, scratch_.response, form);
    streaming_ = {std::move(scratch_.response.stream), form.chunked};
    return Next::stream;
}

Conversation::Next Conversation::refuse(http::Fault fault) {
    scratch_.response.clear();
    handler_.refuse(fault, origin_.peer, scratch_.response);
    ++answered_;
    scratch_.writer.append(scratch_.out, scratch_.response,
                           {.without_body = false, .close = true, .say_keep_alive = false});
    // What has come is of no use any more.
    begin_ = end_ = 0;
    if (capacity_ > small_buffer) resize(small_buffer);
    decoded_ = {};
    hold(0);
    return Next::refuse;
}

/// Counts what is kept of an unfinished request; small ones, which are most, cost nothing. Whether there is room for
/// it.
bool Conversation::hold(std::size_t bytes) {
    const std::size_t counted = bytes > small_buffer && scratch_.unfinished_bytes != nullptr ? bytes : 0;
    if (counted == held_) return true;
    const std::size_t added = counted - held_;  // may wrap around, and so does the sum
    held_ = counted;
    return scratch_.unfinished_bytes->fetch_add(added) + added <= scratch_.limits.unfinished_bytes || counted == 0;
}

/// Chooses the size of an empty buffer.
void Conversation::fit_buffer() {
    if (filled_ && capacity_ < large_buffer) {
        resize(capacity_ * 2);  // a client that pipelines: the next read takes more at once
        return;
    }
    const bool still_pipelines = last_read_ >= small_buffer && capacity_ <= large_buffer;
    if (capacity_ > 4 * small_buffer && !still_pipelines) resize(small_buffer);
}

/// Moves what is pending to the front of a buffer of `capacity` bytes, which must hold it.
void Conversation::resize(std::size_t capacity) {
    const std::size_t size = end_ - begin_;
    if (capacity == capacity_) {
        std::memmove(data_.get(), data_.get() + begin_, size);
    } else {
        auto data = std::make_unique_for_overwrite<char[]>(capacity);
        if (size > 0) std::memcpy(data.get(), data_.get() + begin_, size);
        data_ = std::move(data);
        capacity_ = capacity;
    }
    begin_ = 0;
    end_ = size;
}

}  // namespace iamlocal::http
