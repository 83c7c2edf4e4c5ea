// One connection's side of HTTP without the socket: bytes in, answers out. The session moves the bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "http/message/handler.hpp"
#include "http/options.hpp"
#include "http/request_parser.hpp"
#include "http/response_writer.hpp"

namespace iamlocal::http {

/// What the conversations of one worker share. Nothing in it outlives one call, so one of each is enough.
struct WorkerScratch {
    const Limits& limits;
    const std::atomic<bool>& draining;  ///< answers shall close their connections
    ResponseWriter writer;
    Head head;
    http::Response response;
    std::string out;  ///< answers to be sent; the session empties it after every call of a Conversation
    /// What all conversations keep of requests that have arrived in part, over all workers; null: nobody counts.
    std::atomic<std::size_t>* unfinished_bytes = nullptr;
};

/// What is known of a connection before its first byte.
struct Origin {
    std::string peer;            ///< for Request::peer
    bool secure = false;         ///< for Request::secure
    std::uint16_t listener = 0;  ///< for Request::listener
    bool loopback = false;       ///< for Request::loopback
};

class Conversation {
  public:
    /// What the session has to do once it has sent WorkerScratch::out.
    enum class Next {
        read,    ///< read more into space()
        resume,  ///< call resume(): more requests have arrived, but the answers so far are many bytes
        work,    ///< have deferred() work elsewhere, then call worked(); or call refuse_work()
        close,   ///< the connection has served its purpose
        stream,  ///< send what take_stream() gives until it ends, then close
        refuse,  ///< like close, but the client may be sending still and must not lose the answer to a reset
    };

    /// `handler`: the one of the listener.
    Conversation(WorkerScratch& scratch, http::Handler& handler, Origin origin);
    /// Refuses deferred work that nobody will do.
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// For Request::tls, once it is known: when the handshake is done.
    void set_tls(const http::TlsFacts& facts) { tls_ = facts; }
    /// Where the next bytes are to be put; never empty while Next is read.
    std::span<char> space();
    /// `count` bytes were put at the beginning of space().
    Next received(std::size_t count);
    Next resume();
    /// What the request in work waits for, after Next::work. What was received stays where it is meanwhile.
    http::Deferred& deferred() { return *waiting_->deferred; }
    /// The work is done; `failure` is what it threw.
    Next worked(std::exception_ptr failure);
    /// There was no room for the work.
    Next refuse_work();
    /// The client sends no more.
    Next ended();
    /// The request that has begun took longer than read_timeout.
    Next timed_out();

    /// The rest of the answer that was begun last, after Next::stream.
    struct Streaming {
        std::unique_ptr<http::Stream> stream;
        bool chunked;  ///< else its bytes are sent as they are, and the end of the connection is theirs
    };
    Streaming take_stream() { return std::move(streaming_); }

    /// Whether a part of a request has arrived.
    bool mid_request() const { return begin_ != end_; }
    /// Requests answered in the last call.
    unsigned answered() const { return answered_; }
    /// Forgets what was received; space() is then at least `size` bytes. For reading what nobody wants.
    std::span<char> discard(std::size_t size);

  private:
    enum class Stage { head, body, chunks };

    /// A request whose answer takes work elsewhere. Its head is kept: other conversations use that of the worker.
    struct Waiting {
        std::unique_ptr<http::Deferred> deferred;
        Head head;
        std::size_t consumed;
    };

    std::string_view pending() const { return {data_.get() + begin_, end_ - begin_}; }
    Next converse();
    Next answer_all();
    std::optional<Next> read_head();
    bool read_chunks(std::optional<http::Fault>& fault);
    std::size_t body_limit();
    http::Request request_with(std::string_view body) const;
    Next answer(std::string_view body, std::size_t consumed);
    Next wait_for(std::unique_ptr<http::Deferred> deferred, std::size_t consumed);
    Next answer_waiting();
    Next conclude(std::size_t consumed);
    Next write_answer(bool last);
    Next break_off();
    Next begin_stream();
    Next refuse(http::Fault fault);
    bool hold(std::size_t bytes);
    void fit_buffer();
    void resize(std::size_t capacity);

    WorkerScratch& scratch_;
    http::Handler& handler_;
    const Origin origin_;
    std::optional<http::TlsFacts> tls_;

    std::unique_ptr<char[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // the current request's first byte
    std::size_t end_ = 0;
    std::size_t last_read_ = 0;
    bool filled_ = false;   // the last read filled the buffer
    std::size_t held_ = 0;  // what this conversation has added to WorkerScratch::unfinished_bytes

    Stage stage_ = Stage::head;
    std::size_t scanned_ = 0;    // bytes of pending() known to hold no end of the head
    std::size_t head_size_ = 0;  // from here on: of the current request, once its stage is not head
    std::size_t body_size_ = 0;
    std::unique_ptr<ChunkDecoder> chunks_;
    std::string decoded_;
    Streaming streaming_{};
    std::unique_ptr<Waiting> waiting_;  ///< null: no request waits
    unsigned answered_ = 0;
};

}  // namespace iamlocal::http
