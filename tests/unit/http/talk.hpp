// A Conversation without a socket: bytes are put in, answers come out as text.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "http/conversation.hpp"
#include "unit/http/echo_handler.hpp"

namespace iamlocal::http {

struct Talk {
    explicit Talk(Limits given = {}) : limits(given) {}

    /// Puts `bytes` in, at most `piece` at a time, and collects the answers in `out`, as a session would.
    Conversation::Next say(std::string_view bytes, std::size_t piece = SIZE_MAX) {
        while (!bytes.empty() && next == Conversation::Next::read) {
            const auto space = conversation.space();
            const std::size_t count = std::min({bytes.size(), space.size(), piece});
            std::memcpy(space.data(), bytes.data(), count);
            bytes.remove_prefix(count);
            next = conversation.received(count);
            while (next == Conversation::Next::resume) {
                send();
                next = conversation.resume();
            }
            send();
        }
        return next;
    }
    void send() {
        largest_send = std::max(largest_send, scratch.out.size());
        out += scratch.out;
        scratch.out.clear();
    }

    Limits limits;
    FixedClock clock{Instant(std::chrono::seconds(1'504'362'752))};  // Sat, 02 Sep 2017 14:32:32 GMT
    EchoRecord record;
    EchoHandler handler{record};
    std::atomic<bool> draining{false};
    std::atomic<std::size_t> unfinished_bytes{0};
    WorkerScratch scratch{limits, draining, ResponseWriter(clock), {}, {}, {}, &unfinished_bytes};
    Conversation conversation{scratch, handler, {"192.0.2.7", false, 3}};
    Conversation::Next next = Conversation::Next::read;
    std::string out;
    std::size_t largest_send = 0;
};

/// The answer EchoHandler's `body` becomes; `extra` is further header lines, each with its line end.
inline std::string echo_answer(std::string_view body, std::string_view extra = "") {
    return "HTTP/1.1 200 OK\r\nDate: Sat, 02 Sep 2017 14:32:32 GMT\r\nx-amzn-RequestId: id-1\r\n"
           "Content-Type: text/plain\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(extra) + "\r\n" + std::string(body);
}

inline std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++count;
    return count;
}

}  // namespace iamlocal::http
