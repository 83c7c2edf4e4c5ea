// What a client may send on a connection. However the bytes are cut into pieces, the same requests are understood and
// the same answers given: two readers of one stream must never disagree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "unit/http/talk.hpp"

using iamlocal::http::Limits;
using iamlocal::http::Talk;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0] % 64;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    Limits limits;
    limits.header_bytes = 1024;
    limits.body_bytes = 512;

    Talk whole(limits);
    whole.say(bytes);
    Talk pieces(limits);
    pieces.say(bytes, piece);
    // A refusal may come earlier where the bytes come one by one, but nothing else may differ.
    if (whole.next != pieces.next || whole.out != pieces.out || whole.record.handled != pieces.record.handled)
        std::abort();
    whole.conversation.ended();
    return 0;
}
