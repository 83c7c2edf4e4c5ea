// One call as it is kept: what was sent and answered, as bytes. The record of it, in CloudTrail's form, is made when
// somebody reads it (trail/record.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "access/portrait.hpp"
#include "api/operation.hpp"
#include "base/clock.hpp"
#include "http/message/request.hpp"

namespace iamlocal::trail {

/// The service that was called.
enum class Source : std::uint8_t { iam, sts, signin, cloudtrail };

/// The texts of an event, as views into whatever has them.
struct EventTexts {
    std::string_view request_id;
    std::string_view region;      ///< that the signature names; empty: none
    std::string_view peer;        ///< the client's address, or the service that calls
    std::string_view user_agent;  ///< a kilobyte of it at most
    std::string_view host;        ///< the header
    std::string_view sent;        ///< a form as sent_parameters() leaves it, or the JSON of a request in JSON
    std::string_view answer;      ///< where the record shows it: the answer's body
    std::string_view kinds;       ///< what its elements are, as protocol::AnswerWriter notes it
    std::string_view error_message;
    /// JSON with members of the record, of what is no request to the API: `responseElements`, ….
    std::string_view made;
    std::string_view error_code = {};  ///< as the answer has it; empty: none
};

/// What else is known of a call.
struct EventFacts {
    Instant time{};
    Source source = Source::iam;
    bool is_read = false;                       ///< whether it changes nothing
    bool is_global = false;                     ///< whether it came to STS's global endpoint
    bool is_secure = false;                     ///< whether TLS carried it
    std::string_view name;                      ///< a literal, "CreateUser"
    const api::Operation* operation = nullptr;  ///< null: no operation of IAM's or STS's
    http::TlsFacts tls;                         ///< literals
};

/// A call to be kept.
struct NewEvent {
    EventFacts facts;
    std::shared_ptr<const access::Portrait> caller;  ///< never null
    EventTexts texts;
};

/// Lives in a Block, with its texts behind it.
class Event : public EventFacts {
  public:
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    std::uint64_t sequence;  ///< counts up from 1
    const access::Portrait* caller;

    [[nodiscard]] EventTexts texts() const;
    [[nodiscard]] bool has_failed() const { return ends_[count - 1] != ends_[count - 2]; }

  private:
    friend class Block;
    static constexpr std::size_t count = 11;
    using Parts = std::array<std::string_view, count>;
    static Parts parts_of(const EventTexts& texts);
    /// Copies the parts to where it ends.
    Event(const EventFacts& facts, const access::Portrait& caller, std::uint64_t sequence, const Parts& parts);

    std::array<std::uint32_t, count> ends_;
};

/// Keeps the block that the event is in.
using EventPtr = std::shared_ptr<const Event>;

}  // namespace iamlocal::trail
