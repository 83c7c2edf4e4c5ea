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

class Event {
  public:
    /// Copies the texts, all into one piece of memory.
    explicit Event(const EventTexts& texts);

    std::uint64_t sequence = 0;  ///< counts up from 1; the trail sets it
    Instant time{};
    Source source = Source::iam;
    std::string_view name;                           ///< a literal, "CreateUser"
    const api::Operation* operation = nullptr;       ///< null: no operation of IAM's or STS's
    std::shared_ptr<const access::Portrait> caller;  ///< never null
    bool is_read = false;                            ///< whether it changes nothing
    bool is_global = false;                          ///< whether it came to STS's global endpoint
    bool is_secure = false;                          ///< whether TLS carried it
    http::TlsFacts tls;                              ///< literals

    [[nodiscard]] EventTexts texts() const;
    [[nodiscard]] bool has_failed() const { return ends_[count - 1] != ends_[count - 2]; }
    /// What it takes in memory, without the caller.
    [[nodiscard]] std::size_t bytes() const { return sizeof *this + ends_.back(); }

  private:
    static constexpr std::size_t count = 11;
    std::unique_ptr<char[]> text_;
    std::array<std::uint32_t, count> ends_{};
};

using EventPtr = std::shared_ptr<const Event>;

}  // namespace iamlocal::trail
